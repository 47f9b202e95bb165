"""Reads a picture's bytes: what it is, how large, and the numbers by which it is found again. Pure.

The size is judged from the header before anything is decoded, so that a small file cannot become a large
amount of memory.
"""

from __future__ import annotations

import io
import warnings
from hashlib import sha256

from PIL import ExifTags, Image, UnidentifiedImageError

from crawler.pictures import Picture, PictureError
from crawler.pictures.hashes import SIDE, dhash, grid_of, is_flat, phash, sketch

FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
}
"""What news pages show; Pillow's rarer decoders are not let near foreign bytes."""
PIXELS_MOST = 40_000_000  # of a picture: a press camera's 8192 × 4608 has 38 million
SIDE_LEAST = 64  # pixels: smaller ones are icons, and their grid would be made up
RATIO_MOST = 8  # times as wide as high, or as high as wide: beyond, a banner or a rule
_DRAFT = 4 * SIDE  # pixels a side that a JPEG is decoded to at least: enough for the grid, and much faster
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = 5  # orientations from here on exchange width and height

# Pillow only warns of what is between one and two times its own limit
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# it tells of odd Exif and palettes, which concern nobody but who made the file
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def read_picture(data: bytes, pixels_most: int = PIXELS_MOST) -> Picture:
    """What the bytes of a picture show; of an animation its first frame.

    PictureError says why there is none, with the reason empty, html, json, not_a_picture, too_many_pixels
    or broken.
    """
    if not data:
        raise PictureError("empty", "no bytes")
    _check_webp(data, pixels_most)
    try:
        with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
            return _read(image, data, pixels_most)
    except UnidentifiedImageError:
        raise _no_picture(data) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = f"{error}; IMAGES_MAX_PIXELS allows {pixels_most}"
        raise PictureError("too_many_pixels", message) from None
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("too_many_pixels", "no memory to decode it") from None
    except Exception as error:
        # decoders of foreign bytes raise whatever they please, RuntimeError and struct.error too
        raise PictureError("broken", f"cannot be decoded: {error}") from error


def _read(image: Image.Image, data: bytes, pixels_most: int) -> Picture:
    _check_size(*image.size, pixels_most)
    kind = image.format or ""
    orientation = _orientation(image)
    width, height = image.size
    image.draft("L", (_DRAFT, _DRAFT))
    grid = grid_of(_turned(_luma(image), orientation))
    if orientation >= _SIDEWAYS:
        width, height = height, width
    small = min(width, height) < SIDE_LEAST or max(width, height) > RATIO_MOST * min(width, height)
    return Picture(
        sha256=sha256(data).hexdigest(),
        dhash=dhash(grid),
        phash=phash(grid),
        width=width,
        height=height,
        length=len(data),
        mime=FORMATS[kind],
        flat=small or is_flat(grid),
        sketch=sketch(grid),
    )


def _check_size(width: int, height: int, pixels_most: int) -> None:
    if width < 1 or height < 1:
        raise PictureError("broken", f"its header says {width} × {height} pixels")
    if width * height > pixels_most:
        raise PictureError(
            "too_many_pixels", f"{width} × {height} pixels; IMAGES_MAX_PIXELS allows {pixels_most}"
        )


def _check_webp(data: bytes, pixels_most: int) -> None:
    """Judge an animated WebP, whose decoder asks for the memory of the whole canvas when it is opened."""
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        _check_size(width, height, pixels_most)


def _luma(image: Image.Image) -> Image.Image:
    """The brightness of an opened picture's first frame, what is transparent on white."""
    image.load()
    if image.mode.startswith("I;16") or image.mode == "I":
        # 16 bits a pixel, of which Pillow would cut off what is above 255
        return image.convert("I").point(lambda value: value / 256, "L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _on_white(image.convert("RGBA"))
    return image if image.mode == "L" else image.convert("RGB").convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    luma = image.convert("RGB").convert("L")
    white = Image.new("L", image.size, 255)
    white.paste(luma, mask=image.getchannel("A"))
    return white


def _orientation(image: Image.Image) -> int:
    """How the picture must be turned to be shown (Exif, 1 to 8); 1 where the tag cannot be read."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - as above; browsers show such a picture as it lies
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turned(luma: Image.Image, orientation: int) -> Image.Image:
    method = _TURNED.get(orientation)
    return luma if method is None else luma.transpose(method)


def _no_picture(data: bytes) -> PictureError:
    """What stands in place of a picture."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in start:
        return PictureError("svg", "a drawing (SVG), not a picture")
    if start.startswith(b"<"):
        return PictureError("html", f"a page in place of a picture: {start[:40]!r}")
    if start.startswith((b"{", b"[")):
        return PictureError("json", f"JSON in place of a picture: {start[:40]!r}")
    return PictureError("not_a_picture", f"none of {', '.join(FORMATS)}: begins with {data[:12]!r}")
