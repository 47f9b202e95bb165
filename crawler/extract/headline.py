"""A page's headline, seen by a reader, with the help of its <title>. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.blocks import Piece, Survey
from crawler.extract.dom import Element
from crawler.extract.head import meta
from crawler.text import fold, squash

_TITLED = re.compile(
    r"title|headline|biaoti|(?:^|[\s_\-])(?:tit|bt|btn?_?h1|h1|hd|tle|caption)(?:$|[\s_\-\d])|tit(?:$|[\s_\-])"
)
_NOT_TITLE = re.compile(
    r"sub-?_?tit|ftitle|ytitle|sitename|logo|channel|(?:^|[\s_\-])(?:nav|list|more|side|column)"
)
_LABELLED = re.compile(
    r"(?:来源|來源|责编|编辑|发布时间|时间|作者)\s*[:：]|(?:19|20)\d{2}\s?[-/年.]\s?\d{1,2}\s?[-/月.]\s?\d{1,2}"
)
_SEGMENT = re.compile(r"\s*[_|｜]+\s*|\s+[-–—·]+\s+|(?<=[^\d\sA-Za-z])[-–—]+(?=[^\d\s])|\s*--+\s*|\s*::\s*")
_KEEP = re.compile(r"[\W_]+")
_LONGEST = 120
_SITE = re.compile(
    r"(?:网|報|报|频道|頻道|新闻|新聞|中心|客户端|在线|日报|晚报|周刊|杂志|社|台|门户|官网|资讯|财经|体育|娱乐|科技|博客|论坛|网站|号|观察|时报|"
    r"新浪|网易|搜狐|腾讯|凤凰)\Z|\.(?:com|cn|net|org)|news",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Headline:
    text: str
    index: int | None = None
    """Of its first piece; None when only the page's <title> names it."""
    end: int | None = None
    """Index behind its last piece."""


def plain(text: str) -> str:
    """A text as compared: folded, letters and digits only."""
    return _KEEP.sub("", fold(text))


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def document_titles(tree: Element) -> list[str]:
    """What the page says in <title>, og:title and the like; the first that is there counts most."""
    node = next(iter(tree.iter("title")), None)
    said = [squash(node.text or "") if node is not None else ""]
    said += [
        meta(tree, "og:title") or "",
        meta(tree, "twitter:title", "title", "apub:title", "contenttitle") or "",
    ]
    return [text[:400] for text in dict.fromkeys(said) if text]


def site_names(tree: Element) -> tuple[str, ...]:
    """What the page's <title> and metadata call its site."""
    said = document_titles(tree)
    segments = [part for part in _SEGMENT.split(said[0]) if part] if said else []
    name = meta(tree, "og:site_name", "application-name")
    return tuple(filter(None, (segments[-1] if len(segments) > 1 else None, name)))


def cut_site(text: str) -> str:
    """A <title> without the names of channel and site at its end (or front).

    >>> cut_site("江上新桥通车_新闻频道_某某网"), cut_site("江上新桥通车-某某网"), cut_site("5-3：主队获胜")
    ('江上新桥通车', '江上新桥通车', '5-3：主队获胜')
    """
    segments = [part for part in _SEGMENT.split(text) if part]
    if len(segments) < 2:
        return text.strip(" -_|")
    while len(segments) > 1 and (_SITE.search(segments[-1]) or len(segments[-1]) <= 6 or len(segments) > 2):
        segments.pop()
    if len(segments) == 1:
        return segments[0]
    longest = max(segments, key=len)
    return longest if len(longest) > 2 * len(segments[-1]) else text.strip(" -_|")


def find_headline(
    survey: Survey, tree: Element, weights: list[float], body_start: int, body_end: int
) -> Headline | None:
    """The text nearest before the body that looks and reads like the page's <title>."""
    said = document_titles(tree)
    keys = [plain(text) for text in said]
    pairs = [_bigrams(key) for key in keys]
    best: tuple[float, Headline] | None = None
    index = 0
    pieces = survey.pieces
    stop = min(len(pieces), max(body_end, body_start + 1))
    while index < stop:
        piece = pieces[index]
        if piece.kind != "text":
            index += 1
            continue
        end = index + 1
        heading = piece.tag in ("h1", "h2", "h3")
        texts = [piece.text]
        # a headline may be broken into lines
        while end < stop and heading and pieces[end].frame == piece.frame and pieces[end].kind == "text":
            texts.append(pieces[end].text)
            end += 1
        text = "".join(texts) if len(texts) > 1 else texts[0]
        score = _score(text, piece, keys, pairs, weights[piece.frame])
        if score > 0:
            if end <= body_start:
                score += max(0.0, 1 - (body_start - end) / 40)
            else:
                score += 0.8 - min(2.5, (index - body_start) / 4)
            if best is None or score > best[0]:
                best = score, Headline(_joined(texts), index, end)
        index = end
    if best is not None and best[0] >= 2.2:
        return best[1]
    for text in said:
        cut = cut_site(text)
        if len(cut) >= 4:
            return Headline(cut)
    return best[1] if best is not None and best[0] >= 1.5 else None


def _joined(texts: list[str]) -> str:
    return squash(" ".join(texts))


def _score(text: str, piece: Piece, keys: list[str], pairs: list[set[str]], weight: float) -> float:
    size = len(text)
    if not 3 <= size <= _LONGEST or _LABELLED.search(text):
        return 0.0
    key = plain(text)
    if len(key) < 2:
        return 0.0
    likeness = 0.0
    for said, wanted in zip(keys, pairs, strict=True):
        if not said:
            continue
        if key in said:
            # the whole of it is said: the longer the better, since the name of a channel is said too
            found = min(1.0, len(key) / 12) * (1.0 if said.startswith(key) else 0.85)
            found = max(found, len(key) / len(said))
        elif said in key:
            found = len(said) / len(key)
        else:
            mine = _bigrams(key)
            found = 0.8 * len(mine & wanted) / max(len(mine), 1) if len(key) >= 6 else 0.0
        likeness = max(likeness, found)
    names = piece.names
    score = 3 * likeness
    score += {"h1": 1.0, "h2": 0.6, "h3": 0.4}.get(piece.tag, 0.0)
    if _TITLED.search(names) and not _NOT_TITLE.search(names):
        score += 0.8
    if piece.linked > 0.5:
        score -= 0.8
    if weight < 0.5:
        score -= 0.8
    if not likeness and keys:
        score -= 0.5
    if size > 60:
        score -= 0.3
    return score
