"""Where on a page its article stands: the block element that holds most running text. Pure.

Sentences count, links do not; what a paragraph weighs goes to the elements around it, less with every
level, so that the nearest element around all paragraphs wins over the page as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.blocks import Frame, Piece, Survey
from crawler.extract.dom import hints

_MARKS = re.compile("[，。！？；：、“”…「」]|[,.!?;](?=\\s|\\Z)")
_STOPS = re.compile("[。！？…；]|[.!?](?=\\s|\\Z)")
_ALWAYS_OUT = re.compile(
    r"comment|pinglun|reply|replies|copyright|disclaim|mianze|(?:^|[\s_\-])(?:cmt|foot|footer|bottom_?(?:nav|bar|info)|"
    r"breadcrumb|nav|navi|menu|topbar|login|search|share|bdshare|qrcode|ewm|toolbar|wm-ipp[\w\-]*)(?:$|[\s_\-])"
)
_MOSTLY_OUT = re.compile(
    r"relat|recommend|recom(?:$|[\s_\-])|tuijian|xiangguan|guess|sidebar|sider|hotnews|hot-?list|rank|(?:^|[\s_\-])(?:side|aside|right|rside|hot|"
    r"ads?|advert\w*|more|like|links?|foot\w*|header|tags?|editor|about|app\w{0,3}|tips?|latest|popular|promo\w*|"
    r"related\w*)(?:$|[\s_\-])|footer|col-?right|right-?col|next-?prev|prev-?next"
)
_CONTENT = re.compile(
    r"article|artical|content|(?:^|[\s_\-])(?:text|main|body|txt|detail|post|neirong|zhengwen|zw|cont|news)|detail|zhengwen|neirong"
    r"|articlebody|maintext|(?:^|[\s_\-])\w*(?:text|txt|cont)(?:$|[\s_\-])"
)
_LEGAL = re.compile(
    r"ICP[备備证證]|公网安备|公網安備|版权所有|版權所有|Copyright|©|许可证|許可證|增值电信|举报电话|举报邮箱|All Rights Reserved|"
    r"违法和?不良信息|(?:凡|以上)?本(?:网|站|报)(?:所?注明|所?转载|登载|发布)|法律责任|免责声明|客服(?:电话|热线)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?日)?\s*(?:\d{1,2}[:：]\d|\Z)"
)
_DECAY = (1.0, 0.9, 0.55, 0.3, 0.15)
_LIMIT = 600  # characters: one endless paragraph is no better than a long one


@dataclass(slots=True)
class Container:
    """The element that holds the body, as the slice of the survey's pieces that lies in it."""

    frame: int
    start: int
    end: int
    mass: float
    """Weighted characters of running text in it."""


def sentence_mass(piece: Piece) -> float:
    """How much running text a piece holds: characters outside links, less without sentences."""
    if piece.kind != "text" or piece.linked > 0.5:
        return 0.0
    text = piece.text
    size = min(len(text), _LIMIT) * (1 - piece.linked)
    if size < 100 and _DATED.search(text) and "。" not in text:
        return 0.1 * size  # a byline, or an entry of a list
    marks = len(_MARKS.findall(text))
    if marks >= 2 or (marks and _STOPS.search(text) and size >= 8):
        weight = 1.0
    elif marks and size >= 20:
        weight = 0.6
    else:
        weight = 0.15
    if _LEGAL.search(text):
        weight *= 0.05
    return size * weight


def frame_weights(survey: Survey, raw: list[float]) -> list[float]:
    """For each frame how likely what is in it belongs to an article, from its name and those around it, 0 to 1.

    `raw` is the running text in each frame: a name that most of the page stands under says nothing.
    """
    weights = [1.0] * len(survey.frames)
    whole = raw[0] or 1.0
    for index, frame in enumerate(survey.frames):
        weight = weights[frame.parent] if frame.parent >= 0 else 1.0
        weights[index] = weight * _own_weight(frame, raw[index] / whole) if weight > 0.01 else weight
    return weights


def _own_weight(frame: Frame, share: float) -> float:
    node = frame.node
    tag = node.tag
    if tag == "body":
        return 1.0
    names = hints(node)
    if tag in ("footer", "nav", "aside"):
        return 0.1 if share < 0.6 else 0.6
    if len(names) <= 1:
        return 1.0
    positive = _CONTENT.search(names)
    if _ALWAYS_OUT.search(names):
        return 0.05 if not positive and share < 0.8 else (0.3 if share < 0.6 else 0.9)
    if _MOSTLY_OUT.search(names):
        return 0.2 if not positive and share < 0.5 else (0.6 if share < 0.5 else 1.0)
    return 1.0


def own_masses(survey: Survey) -> tuple[list[float], list[float]]:
    """Running text of each piece, and of each frame with all that is in it."""
    masses = [sentence_mass(piece) for piece in survey.pieces]
    raw = [0.0] * len(survey.frames)
    for piece, mass in zip(survey.pieces, masses, strict=True):
        raw[piece.frame] += mass
    for index in range(len(survey.frames) - 1, 0, -1):
        raw[survey.frames[index].parent] += raw[index]
    return masses, raw


def find_container(survey: Survey, masses: list[float], weights: list[float]) -> Container | None:
    """The element around the article's paragraphs; None for a page without running text."""
    frames = survey.frames
    scores = [0.0] * len(frames)
    total = [0.0] * len(frames)
    for piece, mass in zip(survey.pieces, masses, strict=True):
        if not mass:
            continue
        mass *= weights[piece.frame]
        total[piece.frame] += mass
        at = piece.frame
        # the paragraph's own element is not its container, unless it holds the text directly
        for decay in _DECAY:
            scores[at] += mass * decay
            at = frames[at].parent
            if at < 0:
                break
    for index in range(len(frames) - 1, 0, -1):
        total[frames[index].parent] += total[index]
    best = max(range(len(frames)), key=lambda i: scores[i] * _hint_factor(frames[i]))
    if not scores[best]:
        return None
    best = _climb(survey, best, total, masses, weights)
    return Container(best, frames[best].start, survey.ends[best], total[best])


def _hint_factor(frame: Frame) -> float:
    node = frame.node
    if node.tag in ("p", "li", "td", "h1", "h2", "h3", "blockquote", "figure"):
        return 0.8
    if node.tag in ("body", "html"):
        return 0.7
    if (node.get("itemprop") or "").lower() == "articlebody":
        return 1.6
    names = hints(node)
    return 1.15 if node.tag == "article" or (len(names) > 1 and _CONTENT.search(names)) else 1.0


def _climb(survey: Survey, best: int, total: list[float], masses: list[float], weights: list[float]) -> int:
    """Up from the fullest element while the one around it holds more paragraphs of the same article."""
    frames = survey.frames
    for _ in range(8):
        parent = frames[best].parent
        if parent < 0 or frames[parent].node.tag in ("body", "html"):
            break
        extra = total[parent] - total[best]
        if extra <= 0:
            # nothing but a wrapper: pictures may stand beside the texts, so look one further
            outer = frames[parent].parent
            if outer < 0 or not (total[outer] - total[parent] > 0.1 * total[parent]):
                break
            if not _is_more(survey, parent, outer, total, masses, weights):
                break
            best = outer
            continue
        if extra < 0.05 * total[best] or not _is_more(survey, best, parent, total, masses, weights):
            break
        best = parent
    return best


def _is_more(
    survey: Survey, inner: int, outer: int, total: list[float], masses: list[float], weights: list[float]
) -> bool:
    """True when most of what `outer` holds beside `inner` are paragraphs like those in `inner`."""
    frames = survey.frames
    node = frames[inner].node
    kin = (node.tag, node.get("class"))
    alike = other = 0.0
    index = frames[outer].start
    end = survey.ends[outer]
    inside = range(frames[inner].start, survey.ends[inner])
    while index < end:
        if index in inside:
            index = inside.stop
            continue
        piece = survey.pieces[index]
        mass = masses[index] * weights[piece.frame]
        if mass:
            at, depth = piece.frame, 0
            while frames[at].parent != outer and at != outer and depth < 12:
                at, depth = frames[at].parent, depth + 1
            holder = frames[at].node
            same = at == outer or (depth == 0 and holder.tag in ("p", "blockquote", "h2", "h3", "ul", "ol"))
            if same or (holder.tag, holder.get("class")) == kin:
                alike += mass
            elif _CONTENT.search(hints(holder)) and not piece.linked:
                alike += mass * 0.5
            else:
                other += mass
        index += 1
    return alike > 2 * other and alike >= 0.05 * total[inner]
