"""Who decides which articles of a scene are copies: Tushuo, and public tools at their usual settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.reprints.sample import Pair, Scene


@dataclass(frozen=True, slots=True)
class Verdict:
    """The pairs a judge calls copies."""

    linked: dict[Pair, str]
    """With the evidence as far as the judge names any."""
    texts: int
    seconds: float


Judge = Callable[[Scene], Verdict]
