"""Which pictures count as the same; docs/photos.md has the same on thousands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image

from crawler.pictures import Picture
from crawler.pictures.alike import DISTANCE_MOST, LIKENESS_LEAST, distance, likenesses, same_shape
from crawler.pictures.captions import bare, differ, versions
from crawler.pictures.read import read_picture
from tests.pictures import drawn

PHOTOS = [drawn.photo(number) for number in range(30)]


def look_the_same(one: Picture, other: Picture) -> bool:
    return (
        distance(int(one.dhash, 16), int(other.dhash, 16)) <= DISTANCE_MOST
        and same_shape((one.width, one.height), (other.width, other.height))
        and float(likenesses(one.sketch, [other.sketch])[0]) >= LIKENESS_LEAST
    )


@pytest.mark.parametrize("change", drawn.CHANGES.values(), ids=list(drawn.CHANGES))
def test_a_photo_is_known_again(change: Callable[[Image.Image], bytes]) -> None:
    originals = [read_picture(drawn.encoded(photo, quality=92)) for photo in PHOTOS]

    found = [look_the_same(read_picture(change(p)), one) for p, one in zip(PHOTOS, originals, strict=True)]

    assert found == [True] * len(PHOTOS)


@pytest.mark.parametrize("corner", range(4))
def test_a_logo_in_any_corner_hides_no_photo(corner: int) -> None:
    for photo in PHOTOS[:10]:
        original = read_picture(drawn.encoded(photo))
        assert look_the_same(read_picture(drawn.with_logo(photo, corner)), original)


def test_different_photos_are_different() -> None:
    pictures = [read_picture(drawn.encoded(photo)) for photo in PHOTOS]

    assert [
        pair for pair in combinations(range(len(pictures)), 2) if look_the_same(*(pictures[n] for n in pair))
    ] == []


def test_a_bright_blob_on_a_dark_ground_is_not_every_bright_blob() -> None:
    glow = Image.radial_gradient("L").resize((400, 400)).point(lambda value: 255 - value)
    pictures = []
    for number in (1, 2):
        grain = drawn.photo(number, 400, 400).convert("L")
        pictures.append(read_picture(drawn.encoded(Image.blend(glow, grain, 0.12))))

    one, other = pictures
    assert distance(int(one.dhash, 16), int(other.dhash, 16)) <= DISTANCE_MOST
    assert not look_the_same(one, other)


def test_likeness_does_not_depend_on_who_is_compared_with_whom() -> None:
    sketches = [read_picture(drawn.encoded(photo)).sketch for photo in PHOTOS[:4]]

    forth = [float(likenesses(a, [b])[0]) for a, b in combinations(sketches, 2)]
    back = [float(likenesses(b, [a])[0]) for a, b in combinations(sketches, 2)]

    assert forth == pytest.approx(back, abs=1e-4)


def test_a_plain_sketch_is_like_nothing() -> None:
    plain = bytes(256)

    assert float(likenesses(plain, [plain])[0]) < LIKENESS_LEAST


@pytest.mark.parametrize(
    ("captions", "numbers"),
    [
        ([None, "", "  "], [None, None, None]),
        (["孩子们在溪边。", "孩子们在溪边"], [1, 1]),
        (["图片说明：孩子们在溪边", "资料图：孩子们在溪边搭帐篷"], [1, 1]),
        (["Ａ组 获胜", "a组获胜"], [1, 1]),
        (["孩子们在溪边", None, "灾民在河边", "孩子们在溪边搭帐篷"], [1, None, 2, 1]),
    ],
)
def test_captions_agree_when_one_holds_the_other(
    captions: list[str | None], numbers: list[int | None]
) -> None:
    assert versions(captions) == numbers
    assert differ(numbers) == (2 in numbers)


def test_a_label_alone_is_a_caption_without_words() -> None:
    assert bare("图为：") == ""
