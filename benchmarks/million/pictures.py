"""The pictures of articles: two on average, most with a caption and a credit, some of them used often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.million.names import PHOTOGRAPHERS
from benchmarks.million.sampling import Numbers, Sampler, zipf

_COUNTS = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 12])
_COUNT_OF = Sampler([0.28, 0.30, 0.14, 0.10, 0.06, 0.04, 0.03, 0.025, 0.015, 0.01])
_STOCK = 0.06  # share of pictures from the stock: logos, maps, portraits
_STOCK_OF = zipf(4_000, 0.8, 2.0)
_SIZES = ((550, 367), (600, 400), (640, 427), (800, 533), (900, 600), (1000, 667), (1080, 720), (500, 750))


@dataclass(slots=True)
class Shot:
    """A picture as the first article that shows it has it."""

    number: int
    """From 0 in its batch; of a stock picture below 0."""
    name: str
    """File name without its ending."""
    caption: str | None
    credit: str | None
    credit_raw: str | None
    alt: bool
    """Its alt is the title."""
    size: tuple[int, int] | None


def counts(rng: np.random.Generator, size: int) -> Numbers:
    """How many pictures each of `size` articles has."""
    return _COUNTS[_COUNT_OF.draw(rng, size)]


def shots(rng: np.random.Generator, captions: list[str], agency: list[str]) -> list[Shot]:
    """One picture for each caption; `agency` says whose photographer it may be."""
    size = len(captions)
    names = rng.integers(0, 1 << 62, size).tolist()
    stock = _STOCK_OF.draw(rng, size).tolist()
    chance = rng.random((size, 4)).tolist()
    forms = rng.integers(0, len(_SIZES), size).tolist()
    people = PHOTOGRAPHERS.draw(rng, size)
    made = []
    for n, caption in enumerate(captions):
        is_stock, captioned, credited, form = chance[n]
        credit = raw = None
        if credited < 0.72:
            credit = people[n]
            if form < 0.4:
                raw = f"{credit} 摄"
            elif form < 0.7:
                raw = f"{agency[n]}记者 {credit} 摄"
            elif form < 0.9:
                raw = f"摄影：{credit}"
            else:
                credit, raw = agency[n], f"{agency[n]}供图"
        made.append(
            Shot(
                -1 - stock[n] if is_stock < _STOCK else n,
                f"{stock[n]:08x}" if is_stock < _STOCK else f"{names[n]:016x}",
                caption if captioned < 0.76 else None,
                credit,
                raw,
                form < 0.3,
                _SIZES[forms[n]] if captioned < 0.5 else None,
            )
        )
    return made
