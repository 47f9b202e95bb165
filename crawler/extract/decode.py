"""Bytes to text by evidence, not by declaration: pages declare gb2312 over UTF-8 bytes and the reverse. Pure."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w\-]{3,20})""", re.IGNORECASE)
_BIG5 = frozenset({"big5", "big5-hkscs", "cp950", "big5hkscs"})
# the most frequent characters of Chinese text; a wrong decoding yields rare ones
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "這個國來時們對會發動產種過說後經為學長現開關點業當無與電機應實車東員變體樣報總題門應該"
)
_IDEOGRAPHS = re.compile("[\u3400-\u9fff\ue000-\uf8ff]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f]+")
# one wrong byte in so many is a cut-off or a foreign fragment, not another encoding
_TOLERATED = 1 / 200


class DecodeError(ValueError):
    """The bytes are no text in any encoding that Chinese pages use."""


class Decoded(NamedTuple):
    text: str
    encoding: str
    """Python's name of the encoding."""


def _plausible(text: str) -> float:
    """Share of frequent characters among the CJK ones: about .3 in Chinese text, near 0 in garbage."""
    cjk = "".join(_IDEOGRAPHS.findall(text[:20000]))
    return sum(map(_COMMON.__contains__, cjk)) / len(cjk) if cjk else 0.0


def _bad(text: str) -> int:
    return text.count("\ufffd")


def decode(body: bytes, declared: str | None = None) -> Decoded:
    """Text of a page. `declared` is the HTTP header's charset, a hint of last resort.

    Raises DecodeError for bytes that are no text (a picture, an archive, noise).
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(encoding, "replace"), encoding)
    head = body[:4096]
    # two bytes a character, and no mark that says so
    if head.count(0) > len(head) // 4 or head.lstrip(b" \n\r\t\0").startswith((b"<\0", b"<!\0")):
        encoding = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return _accept(body.decode(encoding, "replace"), encoding)
    try:
        return _accept(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        # a page cut in the middle of a character is still UTF-8
        if error.start >= len(body) - 4:
            return _accept(body.decode("utf-8", "replace"), "utf-8")
    named = _DECLARED.search(body[:8192])
    said = {
        name.lower() for name in (declared, named[1].decode("ascii", "replace") if named else None) if name
    }
    lenient = body.decode("utf-8", "replace")
    beyond_ascii = sum(1 for c in lenient if c > "\x7f")
    if _bad(lenient) <= beyond_ascii * _TOLERATED:
        return _accept(lenient, "utf-8")
    candidates = [Decoded(body.decode("gb18030", "replace"), "gb18030")]
    if said & _BIG5 or _bad(candidates[0].text) > beyond_ascii * _TOLERATED:
        candidates.append(Decoded(body.decode("big5hkscs", "replace"), "big5hkscs"))
    best = max(candidates, key=lambda d: _plausible(d.text) - _bad(d.text) / (len(d.text) + 1) * 20)
    return _accept(best.text, best.encoding)


def _accept(text: str, encoding: str) -> Decoded:
    sample = text[:20000]
    bad = _bad(sample) + sum(map(len, _CONTROLS.findall(sample)))
    if sample and bad > max(20, len(sample) // 10):
        raise DecodeError(f"{bad} of the first {len(sample)} characters are not text (read as {encoding})")
    return Decoded(text, encoding)
