"""Numbers that stay nearly the same when a picture is scaled, compressed again or given a small logo. Pure.

All follow from its brightness on a grid of 64 × 64 cells, each the mean of its part of the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grid = NDArray[np.float32]

SIDE = 64
"""Cells a side of the grid."""
LEVELS_LEAST = 8  # different values among 8 × 8 cells: below, gradients and blank pages collide
_LOW = 8  # frequencies a side that make pHash
_FINE = 32  # cells a side of which the frequencies are taken


def _cosines(size: int, rows: int) -> Grid:
    """The first rows of the matrix of the discrete cosine transform (DCT-II)."""
    at = np.arange(size)
    return np.cos(np.pi * (2 * at + 1) * np.arange(rows)[:, None] / (2 * size)).astype(np.float32)


_DCT = _cosines(_FINE, _LOW)


def grid_of(luma: Image.Image) -> Grid:
    """The grid of a picture in mode L."""
    return np.asarray(luma.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float32)


def dhash(grid: Grid) -> str:
    """16 hex digits: whether each cell of 8 rows of 9 is darker than its right neighbour."""
    cells = _scaled(grid, 9, 8)
    return _hex(cells[:, 1:] > cells[:, :-1])


def phash(grid: Grid) -> str:
    """16 hex digits: which of the 8 × 8 lowest frequencies of 32 × 32 cells lie above their median."""
    low = _DCT @ _halved(grid) @ _DCT.T
    return _hex(low > np.median(low))


def sketch(grid: Grid) -> bytes:
    """The brightness of 16 × 16 cells, row by row, a byte each."""
    return np.rint(_halved(_halved(grid))).astype(np.uint8).tobytes()


def is_flat(grid: Grid) -> bool:
    """True for a picture of which 8 × 8 cells have fewer than LEVELS_LEAST values."""
    return len(np.unique(np.rint(_halved(_halved(_halved(grid)))))) < LEVELS_LEAST


def _halved(cells: Grid) -> Grid:
    side = cells.shape[0] // 2
    halved: Grid = cells.reshape(side, 2, side, 2).mean(axis=(1, 3))
    return halved


def _scaled(grid: Grid, width: int, height: int) -> Grid:
    image = Image.fromarray(grid).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.float32)


def _hex(bits: NDArray[np.bool_]) -> str:
    return np.packbits(bits.ravel()).tobytes().hex()
