"""The caption engine: which text belongs to which picture. Pure.

A caption is the piece right after its picture, in the same block or the next one; shortness alone is a
weak sign. Evidence is added up: names of the markup, a credit phrase, a lead sign, alignment or style
like no paragraph's, and the page's own habit over all its pictures.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from crawler.extract.blocks import Piece
from crawler.extract.byline import signature
from crawler.extract.credits import split_credit
from crawler.text import fold

_NAMED = re.compile(
    r"caption|img[-_]?(?:desc|note|title|text|info|intro)|image[-_]?(?:desc|note|caption)|pic[-_]?(?:text|info|desc|note|title|caption)|"
    r"photo[-_]?(?:desc|info|note|caption)|(?:^|[\s_\-])(?:desc|tuzhu|tushuo|tu_?zhu|figcaption|ph_d|imgdesc|zy_?pic)(?:$|[\s_\-])|f_?center"
)
_LEAD = re.compile(
    r"[▲△▼▽◎●↑]|[（(]?(?:图注|圖註|图为|圖為|图说|圖說|图片说明|资料图|資料圖|资料照片|[上下左右][图圖]\d?(?:为|[：:]))|图[一二三四五六七八九\d]+[：:、\s]"
)
# a line that ends in the word for a picture speaks of one
_PICTURE_END = re.compile(
    r"(?:截图|截圖|剧照|劇照|海报|海報|资料图|資料圖|示意图|效果图|现场图|配图|合影|留影)[。.]?\Z"
)
_ENDS = re.compile(r"[。！？!?…”\"』」]\s*$")
_LONGEST = 220
_SHORT = 45  # characters: nine of ten captions are shorter
_ENOUGH = 2.0


def _strength(piece: Piece, image: Piece, habit: _Habit) -> float:
    """How much speaks for `piece`, the one after `image`, being its caption; _ENOUGH or more decides."""
    text = piece.text
    size = len(text)
    if size > _LONGEST or piece.linked > 0.8 or not re.search(r"\w", text):
        return 0.0
    score = 0.0
    if piece.tag == "figcaption" or (image.figure is not None and piece.figure is image.figure):
        score += 3
    if _NAMED.search(piece.names) and not _NAMED.search(habit.names):
        score += 3
    if _LEAD.match(text):
        score += 2.5
    if size <= 60 and _PICTURE_END.search(text):
        score += 2
    caption, credit, _ = split_credit(text)
    if credit and (caption is None or size <= 160):
        score += 2.5
    if image.alt and size >= 4 and (fold(image.alt) in fold(text) or fold(text) in fold(image.alt)):
        score += 2.5 if not habit.alt_repeats else 0
    if piece.centred and not habit.centred:
        score += 2
    same_block = piece.node is image.node
    if same_block and (piece.after_break or size <= 80):
        score += 1.5
    if piece.styled > 0.9 and not habit.styled:
        score += 1
    if piece.bold > 0.9 and not habit.bold:
        score += 0.5 if same_block or piece.centred else -1
    if size <= _SHORT:
        score += 0.5
    elif size > 90:
        score -= 1
    if size > 150:
        score -= 1
    ends = bool(_ENDS.search(text))
    if not ends and habit.ends and size <= 60:
        score += 0.75
    if piece.indented != habit.indented and habit.indented:
        score += 0.75
    if piece.tag in ("h1", "h2", "h3", "h4"):
        score -= 2
    if not credit and signature(text):
        score -= 3  # the authors' names close an article, not a caption
    return score


class _Habit:
    """What the page's own paragraphs look like, and what stands after its pictures."""

    def __init__(self, pieces: list[Piece]) -> None:
        after = [(a, b) for a, b in pairwise(pieces) if a.kind == "image" and b.kind == "text"]
        following = {id(b) for _, b in after}
        texts = [p for p in pieces if p.kind == "text" and id(p) not in following and len(p.text) > 20]
        if len(texts) < 2:  # verse: lines are short and like each other
            others = [p for p in pieces if p.kind == "text" and id(p) not in following]
            texts = others if len(others) >= 6 and max(len(p.text) for p in others) <= 40 else texts
        self.known = len(texts) >= 2

        def mostly(test: list[bool]) -> bool:
            return bool(test) and sum(test) >= 0.6 * len(test)

        self.centred = mostly([p.centred for p in texts])
        self.styled = mostly([p.styled > 0.9 for p in texts])
        self.bold = mostly([p.bold > 0.9 for p in texts])
        self.indented = mostly([p.indented for p in texts])
        self.ends = mostly([bool(_ENDS.search(p.text)) for p in texts]) and self.known
        self.names = texts[len(texts) // 2].names if texts else ""
        alts = [a.alt for a in pieces if a.kind == "image" and a.alt]
        self.alt_repeats = len(alts) > 1 and len(set(alts)) == 1
        lengths = [len(b.text) for _, b in after]
        short = sum(length <= _SHORT for length in lengths)
        self.short_after_each = (
            len(after) >= 3
            and short >= 0.8 * len(after)
            and bool(texts)
            and median(lengths) * 2.5 < median(len(p.text) for p in texts)
        )


def assign(pieces: list[Piece]) -> dict[int, int]:
    """For the index of each picture in `pieces` the index of its caption; pictures without one are absent.

    A line under a row of pictures belongs to the last of the row. A figure's caption may stand before
    its picture.
    """
    habit = _Habit(pieces)
    strengths = {
        index: _strength(pieces[index + 1], image, habit) + _closed_by_credit(pieces, index + 1)
        for index, image in enumerate(pieces[:-1])
        if image.kind == "image" and pieces[index + 1].kind == "text"
    }
    decided = {index for index, strength in strengths.items() if strength >= _ENOUGH}
    if habit.short_after_each and len(decided) < 0.5 * len(strengths):
        # no line has a sign of its own: that one short line follows every picture is the sign
        decided |= {
            index
            for index, strength in strengths.items()
            if strength > 0 and len(pieces[index + 1].text) <= _SHORT and strength + 1.75 >= _ENOUGH
        }
    decided |= _alike(pieces, strengths, decided)
    captions: dict[int, int] = {}
    taken: set[int] = set()
    for index, image in enumerate(pieces):
        if image.kind != "image":
            continue
        if index in decided and index + 1 not in taken:
            captions[index] = index + 1
            taken.add(index + 1)
            _credit_line_after(pieces, captions, taken, index)
            continue
        before = index - 1
        if image.figure is not None and before >= 0 and before not in taken:
            piece = pieces[before]
            if piece.kind == "text" and piece.figure is image.figure:
                captions[index] = before
                taken.add(before)
    return captions


def _closed_by_credit(pieces: list[Piece], at: int) -> float:
    """Evidence for a line that a credit alone follows: a caption in two lines."""
    if at + 1 >= len(pieces) or pieces[at + 1].kind != "text":
        return 0.0
    text = pieces[at + 1].text
    if len(text) > 40 or len(pieces[at].text) > 160:
        return 0.0
    caption, credit, _ = split_credit(text)
    return 2.0 if caption is None and credit is not None else 0.0


def _alike(pieces: list[Piece], strengths: dict[int, float], decided: set[int]) -> set[int]:
    """Pictures whose next line looks like the captions of most others on the page: its habit decides."""
    if len(decided) < 3 or len(decided) < 0.7 * len(strengths):
        return set()
    captions = [pieces[index + 1] for index in decided]
    usual = median(len(split_credit(piece.text).caption or "") for piece in captions)
    looks = {(piece.tag, piece.names, piece.centred) for piece in captions}
    found = set()
    for index, strength in strengths.items():
        piece = pieces[index + 1]
        same = (piece.tag, piece.names, piece.centred) in looks
        if index not in decided and strength > 0 and same and 0.5 * usual <= len(piece.text) <= 1.4 * usual:
            found.add(index)
    return found


def _credit_line_after(pieces: list[Piece], captions: dict[int, int], taken: set[int], index: int) -> None:
    """Join a line that is only a credit to the caption above it (caption and credit in two lines)."""
    at = captions[index]
    after = at + 1
    if after >= len(pieces) or pieces[after].kind != "text":
        return
    if split_credit(pieces[at].text).credit is not None:
        return
    caption, credit, _ = split_credit(pieces[after].text)
    if caption is None and credit is not None and len(pieces[after].text) <= 40:
        pieces[at].text = f"{pieces[at].text} {pieces[after].text}"
        pieces[after].text = ""
        taken.add(after)
