"""Which pictures look the same: at other sizes, compressed again, with a logo or a line over the edge. Pure.

Two numbers decide, measured in docs/photos.md: dHash finds, and the fine detail of both sketches confirms.
dHash alone takes every bright blob on a dark ground for the same picture. The detail is compared on the four
fifths of the cells that agree best, so that what was laid over a corner or an edge does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DISTANCE_MOST = 10  # bits of dHash
LIKENESS_LEAST = 0.94  # correlation of the detail
RATIO_OFF = 0.06  # share by which width / height may differ: small pictures are rounded
# without sketches, as of pictures that were imported, only what is very near in both hashes
BARE_DHASH, BARE_PHASH = 4, 6
_SIDE = 16  # cells of a sketch
_KEPT = 0.8  # share of the cells that are compared
_ROUNDS = 3  # in which those are chosen


def distance(one: int, other: int) -> int:
    """Bits in which two 64-bit hashes differ; signed or not.

    >>> distance(-1, 0), distance(5, 4)
    (64, 1)
    """
    return ((one ^ other) & 0xFFFFFFFFFFFFFFFF).bit_count()


def distances(one: int, others: Sequence[int]) -> NDArray[np.uint8]:
    """Bits in which a signed 64-bit hash differs from each of others."""
    return np.bitwise_count((np.array(others, np.int64) ^ np.int64(one)).view(np.uint64))


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether pictures of these widths and heights can be one at two sizes.

    >>> same_shape((1024, 768), (512, 384)), same_shape((1024, 768), (768, 1024))
    (True, False)
    """
    ratio = (one[0] * other[1]) / (one[1] * other[0])
    return 1 - RATIO_OFF <= ratio <= 1 / (1 - RATIO_OFF)


def likenesses(sketch: bytes, others: Sequence[bytes]) -> NDArray[np.float32]:
    """How alike the detail of a picture is to that of each of others, -1 to 1, by their sketches."""
    return _agreement(_details([sketch]), _details(others))


def _details(sketches: Sequence[bytes]) -> NDArray[np.float32]:
    """What each cell has beyond the mean of its 3 × 3 neighbourhood."""
    values = np.frombuffer(b"".join(sketches), np.uint8).astype(np.float32)
    cells = values.reshape(-1, _SIDE, _SIDE)
    wide = np.pad(cells, ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = sum(wide[:, y : y + _SIDE, x : x + _SIDE] for y in range(3) for x in range(3)) / 9
    return (cells - around).reshape(-1, _SIDE * _SIDE)


def _agreement(one: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Correlation over the cells that agree best."""
    one = np.broadcast_to(one, others.shape)
    weights = np.ones_like(others)
    kept = int(others.shape[1] * _KEPT)
    for left in range(_ROUNDS, -1, -1):
        total = weights.sum(1, keepdims=True)
        a = one - (weights * one).sum(1, keepdims=True) / total
        b = others - (weights * others).sum(1, keepdims=True) / total
        spread_a = (weights * a * a).sum(1, keepdims=True)
        spread_b = (weights * b * b).sum(1, keepdims=True)
        if left:
            # a spread of less than a step of brightness is noise, which must not be blown up
            gap = np.abs(
                a / np.sqrt(np.maximum(spread_a / total, 1)) - b / np.sqrt(np.maximum(spread_b / total, 1))
            )
            weights = (gap <= np.partition(gap, kept, axis=1)[:, kept : kept + 1]).astype(np.float32)
    shared = (weights * a * b).sum(1, keepdims=True)
    found: NDArray[np.float32] = (shared / np.sqrt(np.maximum(spread_a * spread_b, 1e-6)))[:, 0]
    return found
