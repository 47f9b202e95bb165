"""Draws from uneven distributions at the speed of arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.integer]


class Sampler:
    """Draws numbers 0 … n-1 with given weights, in constant time each (Walker's alias method)."""

    def __init__(self, weights: ArrayLike) -> None:
        shares = np.asarray(weights, dtype=float)
        self.shares = shares / shares.sum()
        scaled = (self.shares * len(shares)).tolist()
        self._keep = np.ones(len(shares))
        self._other = np.arange(len(shares), dtype=np.int32)
        small = [number for number, share in enumerate(scaled) if share < 1]
        large = [number for number, share in enumerate(scaled) if share >= 1]
        while small and large:
            less, more = small.pop(), large[-1]
            self._keep[less] = scaled[less]
            self._other[less] = more
            scaled[more] -= 1 - scaled[less]
            if scaled[more] < 1:
                small.append(large.pop())

    def draw(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> Numbers:
        picked = rng.random(size)
        picked *= len(self._keep)
        cell = picked.astype(np.int32)
        picked -= cell
        return np.where(picked < self._keep[cell], cell, self._other[cell])


def zipf(count: int, exponent: float = 1.0, shift: float = 0.0) -> Sampler:
    """Number r has the weight 1 / (r + 1 + shift) ** exponent."""
    return Sampler(1.0 / (np.arange(1, count + 1) + shift) ** exponent)


class Pool:
    """Strings of which some are drawn more often than others, the first most often."""

    def __init__(self, items: Sequence[str], exponent: float = 1.0, shift: float = 0.0) -> None:
        self.items = list(items)
        self._sampler = zipf(len(self.items), exponent, shift)

    def draw(self, rng: np.random.Generator, size: int) -> list[str]:
        return [self.items[number] for number in self._sampler.draw(rng, size).tolist()]
