"""Small JPEGs drawn by number: flat blocks, shapes and noise; every picture differs from all others."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

from tests.replica.chance import dice

_WIDTH, _HEIGHT = 360, 240
BLANK = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"
)
"""A transparent GIF of one pixel, which lazy pages show first."""


def draw(seed: int, content: int) -> bytes:
    """The JPEG of a picture's content, about 3 to 8 KB."""
    rng = dice(seed, "picture", content)
    size = (_WIDTH, _HEIGHT) if rng.random() < 0.7 else (_HEIGHT, _WIDTH - 60)
    picture = Image.new("RGB", size, _colour(rng))
    canvas = ImageDraw.Draw(picture)
    for _ in range(rng.randint(5, 9)):
        left, top = rng.randrange(size[0] - 20), rng.randrange(size[1] - 20)
        box = (left, top, left + rng.randint(20, 160), top + rng.randint(20, 120))
        if rng.random() < 0.6:
            canvas.rectangle(box, fill=_colour(rng))
        else:
            canvas.ellipse(box, fill=_colour(rng))
    grain = Image.frombytes("L", (60, 40), rng.randbytes(2400)).resize(size)
    picture = Image.blend(picture, Image.merge("RGB", (grain, grain, grain)), 0.18)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()


def _colour(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
