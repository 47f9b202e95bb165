"""What clean, folded and plain text is."""

from __future__ import annotations

import re
from unicodedata import normalize

import pytest
from opencc import OpenCC

from crawler.simplified import SIMPLIFIED
from crawler.text import fold, plain

_NOT_CLEAN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
NOT_OPENCC = set("著瞭藉衞粧祇")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("臺灣", "台湾"),
        ("台湾", "台湾"),
        ("看著", "看着"),
        ("瞭解後來", "了解后来"),
        ("ＡＰＰ５Ｇ", "app5g"),
        ("車輛", "车辆"),  # a compatibility form of 車 first becomes 車
        ("Ｗｈｉｔｅ　Tea", "white tea"),
        ("a\x00b\u200b", "ab"),
        ("", ""),
    ],
)
def test_plain_text_has_one_form_of_every_character(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_the_fast_ways_give_what_the_definitions_say() -> None:
    """Every character, before a mark that would join it and after a text that needs the slow way."""
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    texts = ["".join(every[start : start + 50]) for start in range(0, len(every), 50)]
    texts += [character + "\u0301\u3099，…" for character in every[:0x10000]]

    for text in texts:
        folded = normalize("NFKC", _NOT_CLEAN.sub("", text)).lower()
        assert fold(text) == folded
        assert plain(text) == folded.translate(SIMPLIFIED)


def test_simplifying_keeps_every_character_in_its_place() -> None:
    text = "".join(map(chr, SIMPLIFIED)) + "…１é\n"

    assert len(plain(text)) == len(fold(text))
    assert plain(plain(text)) == plain(text)


def test_the_table_is_that_of_opencc() -> None:
    convert = OpenCC("t2s").convert
    every = [chr(code) for code in range(0x2E80, 0x32000) if not 0xD800 <= code < 0xE000]
    characters = [c for c in every if fold(c) == c and c not in NOT_OPENCC]

    simplified = convert(convert("\n".join(characters))).split("\n")

    # a newer OpenCC may know more: then make the table anew together with a migration of the index
    assert [(c, plain(c)) for c in characters] == list(zip(characters, simplified, strict=True))
