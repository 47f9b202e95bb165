"""Pictures drawn for tests, what may happen to one on its way through portals, and headers that lie."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.replica.pictures import draw


def photo(number: int, width: int = 800, height: int = 600) -> Image.Image:
    """Photo number `number`: hills of several sizes, objects before them, grain; unlike all others."""
    rng = np.random.default_rng(number)
    field = np.zeros((height, width))
    for cells, weight in ((4, 60.0), (9, 40.0), (20, 25.0), (48, 12.0)):
        coarse = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32))
        field += weight * np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))
    tint = rng.uniform(0.7, 1.3, 3)
    pixels = np.clip(128 + field[..., None] * tint, 0, 255).astype(np.uint8)
    picture = Image.fromarray(pixels)
    canvas = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(2, 8))):
        left, top = int(rng.integers(0, width - 40)), int(rng.integers(0, height - 40))
        box = (left, top, left + int(rng.integers(20, width // 3)), top + int(rng.integers(20, height // 3)))
        shape = canvas.ellipse if rng.random() < 0.5 else canvas.rectangle
        shape(box, fill=tuple(int(value) for value in rng.integers(0, 256, 3)))
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def file(number: int) -> bytes:
    """The JPEG of a small picture, fast to make."""
    return draw(7, number)


def half(picture: Image.Image) -> bytes:
    size = (picture.width // 2, picture.height // 2)
    return encoded(picture.resize(size, Image.Resampling.BICUBIC), quality=85)


def squeezed(picture: Image.Image) -> bytes:
    return encoded(picture, quality=30)


def with_logo(picture: Image.Image, corner: int = 1) -> bytes:
    """A white box in a corner (0 to 3), 17 % of the width and 10 % of the height."""
    changed = picture.copy()
    wide, high = picture.width * 17 // 100, picture.height // 10
    left = picture.width - wide if corner % 2 else 0
    top = picture.height - high if corner > 1 else 0
    ImageDraw.Draw(changed).rectangle((left, top, left + wide, top + high), fill="white")
    return encoded(changed, quality=80)


def with_bar(picture: Image.Image) -> bytes:
    """A line of text on black over the lowest 8 %."""
    changed = picture.copy()
    high = picture.height * 8 // 100
    canvas = ImageDraw.Draw(changed)
    canvas.rectangle((0, picture.height - high, picture.width, picture.height), fill="black")
    canvas.text(
        (20, picture.height - high), "a line of text, 2026-01-31", fill="white", font_size=high * 3 // 4
    )
    return encoded(changed, quality=80)


CHANGES = {"half size": half, "JPEG quality 30": squeezed, "corner logo": with_logo, "caption bar": with_bar}


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that says it is so large; `body` is what its one IDAT inflates to."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    idat = chunk(b"IDAT", zlib.compress(body, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + idat + chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """A real JPEG whose header says another size."""
    data = bytearray(encoded(Image.new("L", (64, 64), 90)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_header(width: int, height: int) -> bytes:
    data = bytearray(encoded(Image.new("L", (8, 8), 90), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def bmp_header(width: int, height: int) -> bytes:
    data = bytearray(encoded(Image.new("RGB", (8, 8)), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def webp_header(width: int, height: int) -> bytes:
    """An animated WebP with a canvas of that size."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    data = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    assert data[12:16] == b"VP8X"
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)
