"""The written part of the vocabulary, in tables.txt: sections of words, the most used first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("tables.txt")


def table(name: str) -> list[str]:
    """The words of a section. KeyError for one that is not in the file."""
    return _sections()[name]


@cache
def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = words = []
        else:
            words += line.split()
    return found
