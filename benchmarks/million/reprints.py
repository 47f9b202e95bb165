"""How an article becomes another portal's: exact, edited, or in part."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from benchmarks.million.drafts import Draft

Kind = Literal["exact", "edited", "excerpt"]
EXACT, EDITED = 0.60, 0.35  # shares of reprints; the rest are excerpts
_LEADS = (
    "编者按：以下是近日有关情况的报道，供读者参考。",
    "本网综合消息，有关情况如下。",
    "近日，一则消息引发网友热议，来看详细报道。",
    "原标题：{title}",
)
_TAILS = (
    "（本文转载自{source}，版权归原作者所有，如有侵权请联系删除）",
    "延伸阅读请见本网专题，欢迎在评论区留言讨论。",
    "来源：{source} 编辑：{editor}",
)


def reprint(first: Draft, mine: Draft, rng: np.random.Generator) -> tuple[Kind, Draft]:
    """`first` as the portal of `mine` prints it, at its own time, with its own editors and address."""
    chance, retitled, delay = rng.random(3).tolist()
    kind: Kind = "exact"
    paragraphs = list(first.paragraphs)
    if chance >= EXACT + EDITED and len(paragraphs) >= 3:
        kind, paragraphs = "excerpt", _excerpt(paragraphs, rng)
    elif EXACT <= chance < EXACT + EDITED:
        kind, paragraphs = "edited", _edited(paragraphs, first, mine, rng)
    moment = replace(mine.moment)
    moment.after(first.moment.at, 1 + int(delay * 300))
    return kind, replace(
        mine,
        title=first.title if retitled < 0.7 else mine.title,
        paragraphs=paragraphs,
        shots=first.shots,
        keywords=first.keywords,
        source=first.source,
        authors=first.authors if retitled < 0.5 else [],
        moment=moment,
    )


def _edited(paragraphs: list[str], first: Draft, mine: Draft, rng: np.random.Generator) -> list[str]:
    """With another lead, another tail or a paragraph less; one of these at least."""
    which = rng.integers(1, 8)
    if which & 1:
        lead = _LEADS[rng.integers(len(_LEADS))].format(title=first.title)
        paragraphs = [lead, *paragraphs]
    if which & 2 or len(paragraphs) < 5:
        tail = _TAILS[rng.integers(len(_TAILS))]
        paragraphs = [*paragraphs, tail.format(source=first.source, editor=mine.editor or "本网")]
    if which & 4 and len(paragraphs) >= 5:
        left_out = int(rng.integers(1, len(paragraphs) - 1))
        paragraphs = paragraphs[:left_out] + paragraphs[left_out + 1 :]
    return paragraphs


def _excerpt(paragraphs: list[str], rng: np.random.Generator) -> list[str]:
    """A third to two thirds of the paragraphs, in a row."""
    count = max(1, round(len(paragraphs) * float(rng.uniform(0.34, 0.67))))
    start = int(rng.integers(0, len(paragraphs) - count + 1))
    return paragraphs[start : start + count]
