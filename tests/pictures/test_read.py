"""What is read of a picture's bytes, and that no bytes do harm."""

from __future__ import annotations

import random
import tracemalloc
from hashlib import sha256

import pytest
from PIL import Image

from crawler.pictures import PictureError
from crawler.pictures.alike import distance
from crawler.pictures.read import FORMATS, read_picture
from tests.pictures import drawn


def reason_of(data: bytes, **limits: int) -> str:
    with pytest.raises(PictureError) as caught:
        read_picture(data, **limits)
    assert str(caught.value)
    return caught.value.reason


def bits_apart(one: bytes, other: bytes) -> int:
    return distance(int(read_picture(one).dhash, 16), int(read_picture(other).dhash, 16))


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_format_is_known_by_its_content(kind: str) -> None:
    data = drawn.encoded(drawn.photo(1, 320, 240), kind)

    picture = read_picture(data)

    assert (picture.width, picture.height, picture.mime) == (320, 240, FORMATS[kind])
    assert (picture.length, picture.sha256) == (len(data), sha256(data).hexdigest())
    assert (len(picture.dhash), len(picture.phash), len(picture.sketch)) == (16, 16, 256)
    assert not picture.flat
    assert bits_apart(data, drawn.encoded(drawn.photo(1, 320, 240), "PNG")) <= 4


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "RGBA", "LA", "I;16"])
def test_every_mode_gives_nearly_the_same_numbers(mode: str) -> None:
    photo = drawn.photo(2, 320, 240)
    if mode == "I;16":
        converted = Image.frombytes(
            "I;16", photo.size, b"".join(bytes((v, v)) for v in photo.convert("L").tobytes())
        )
    else:
        converted = photo.convert(mode)

    data = drawn.encoded(converted, "JPEG" if mode == "CMYK" else "PNG")

    assert bits_apart(data, drawn.encoded(photo, "PNG")) <= 3


def test_what_is_transparent_is_white() -> None:
    photo = drawn.photo(3, 320, 240)
    clear = photo.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 160, 240))
    white = photo.copy()
    white.paste((255, 255, 255), (0, 0, 160, 240))

    assert bits_apart(drawn.encoded(clear, "PNG"), drawn.encoded(white, "PNG")) == 0
    palette = drawn.encoded(clear.convert("P"), "PNG", transparency=clear.convert("P").getpixel((0, 0)))
    assert read_picture(palette).width == 320


def test_a_picture_is_turned_as_its_exif_says() -> None:
    photo = drawn.photo(4, 320, 240)
    exif = Image.Exif()
    exif[0x112] = 6
    lying = photo.transpose(Image.Transpose.ROTATE_90)

    data = drawn.encoded(lying, exif=exif)

    picture = read_picture(data)
    assert (picture.width, picture.height) == (320, 240)
    assert bits_apart(data, drawn.encoded(photo)) <= 2


def test_exif_that_cannot_be_read_costs_nothing() -> None:
    data = drawn.encoded(drawn.photo(4, 320, 240), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 40)

    assert read_picture(data).width == 320


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [drawn.photo(n, 320, 240).convert("P") for n in (5, 6)]

    data = drawn.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert bits_apart(data, drawn.encoded(drawn.photo(5, 320, 240))) <= 3


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (800, 600), "white"),
        Image.new("RGBA", (800, 600), (0, 0, 0, 0)),
        Image.linear_gradient("L").resize((600, 400)).point(lambda value: value // 64),
        drawn.photo(7, 63, 400),
        drawn.photo(7, 1200, 100),
        Image.new("L", (1, 1)),
    ],
    ids=["white", "transparent", "few steps", "narrow", "banner", "one pixel"],
)
def test_what_shows_too_little_is_flat(picture: Image.Image) -> None:
    assert read_picture(drawn.encoded(picture, "PNG")).flat


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html"),
        ("\ufeff \n<html><head><title>找不到</title>".encode(), "html"),
        (b'{"code": 404}', "json"),
        (b'[{"code": 404}]', "json"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b"\x1f\x8b\x08 something packed", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_a_picture"),
        (b"II*\x00" + bytes(400), "not_a_picture"),
        (b"\xff\xd8\xff\xe0", "not_a_picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_kind(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_file_that_was_cut_is_refused(kind: str) -> None:
    data = drawn.encoded(drawn.photo(8, 320, 240), kind)

    assert reason_of(data[: len(data) * 2 // 3]) in ("broken", "not_a_picture")


@pytest.mark.parametrize(
    "data",
    [
        drawn.png_header(65_535, 65_535),
        drawn.jpeg_header(65_535, 65_535),
        drawn.gif_header(65_535, 65_535),
        drawn.bmp_header(65_535, 65_535),
        drawn.webp_header(16_384, 16_384),
        drawn.webp_header(1 << 24, 1 << 24),
        drawn.png_header(12_000, 12_000, bytes(12_001) * 12_000),
    ],
    ids=["png", "jpeg", "gif", "bmp", "webp", "webp 24 bits", "png that is all there"],
)
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(data: bytes) -> None:
    tracemalloc.start()
    try:
        assert reason_of(data) == "too_many_pixels"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


def test_a_picture_of_65535_pixels_in_a_line_is_read_and_left_out_of_matching() -> None:
    picture = read_picture(drawn.png_header(65_535, 2, (b"\0" + bytes(65_535)) * 2))

    assert (picture.width, picture.height, picture.flat) == (65_535, 2, True)


def test_the_limit_of_pixels_is_the_settings() -> None:
    data = drawn.encoded(drawn.photo(9, 320, 240))

    assert reason_of(data, pixels_most=320 * 240 - 1) == "too_many_pixels"
    assert read_picture(data, pixels_most=320 * 240).width == 320


def test_a_text_chunk_that_unpacks_to_a_hundred_megabytes_is_refused() -> None:
    import struct
    import zlib

    text = b"comment\0\0" + zlib.compress(bytes(100 << 20))
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    data = drawn.encoded(drawn.photo(9, 320, 240), "PNG")

    assert reason_of(data[:33] + chunk + data[33:]) == "broken"


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_damaged_files_are_read_or_refused_but_never_raise_anything_else(kind: str) -> None:
    rng = random.Random(kind)
    whole = drawn.encoded(drawn.photo(10, 96, 80), kind)
    refused = 0

    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(min(len(data), 400))] = rng.randrange(256)
        try:
            read_picture(bytes(data))
        except PictureError:
            refused += 1

    assert refused > 0
