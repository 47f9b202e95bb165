"""Texts in other letters: traditional characters, full-width and half-width forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from benchmarks.reprints.text import Text

_TABLES = ("s2t", "s2tw", "s2hk")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROW = {wide: code for code, wide in _WIDE.items()}


def to_traditional(text: Text, rng: Random) -> Text:
    """The text in traditional characters of one of three standards; one that has them, in simplified."""
    convert = _converter(rng.choice(_TABLES))
    if convert(text.body) == text.body:
        convert = _converter("t2s")
    return _map(text, convert)


def to_full_width(text: Text) -> Text:
    """The text with ASCII letters, digits and marks in full-width forms, and the other way round."""

    def turn(line: str) -> str:
        return line.translate(_NARROW | _WIDE)

    return _map(text, turn)


def _map(text: Text, turn: Callable[[str], str]) -> Text:
    return Text(text.name, turn(text.title), tuple(map(turn, text.paragraphs)))


@cache
def _converter(table: str) -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(table).convert
    return convert
