"""Articles as their writers hand them in, a batch at a time: each a function of seed and batch alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.million import pictures, series
from benchmarks.million.names import (
    CHANNEL_OF,
    EDITORS,
    PLACES,
    REPORTERS,
    SITE_OF,
    SITES,
    SOURCES,
    Site,
)
from benchmarks.million.pictures import Shot
from benchmarks.million.sampling import Numbers
from benchmarks.million.times import Moment, moments
from benchmarks.million.wording import ALONE, write

SIZE = 500  # articles of a batch: about two days of news
REPRINTS = 0.25  # share of articles that are reprints
SERIES = 0.02
_EVERGREENS_BATCH = 1 << 40  # none of a stream
_ENDINGS = (
    "（完）",
    "更多精彩内容请关注本网客户端。",
    "（来源：{source}）",
    "责任编辑：{editor}",
    "（本报记者 {author}）",
)


@dataclass(slots=True)
class Draft:
    """What one article says and who says it, before anyone copies it."""

    title: str
    paragraphs: list[str]
    shots: list[Shot]
    keywords: list[str]
    source: str
    authors: list[str]
    editor: str | None
    duty_editor: str | None
    site: Site
    channel: int
    moment: Moment


class Batch(NamedTuple):
    """The drafts of SIZE articles in a row, and which of them will give way to reprints."""

    drafts: list[Draft]
    reprints: NDArray[np.bool_]
    weights: NDArray[np.float64]
    """How likely each is reprinted; 0 for those that nobody reprints."""


def batch(seed: int, number: int) -> Batch:
    """Batch `number` of a stream, articles number · SIZE onwards."""
    return _make(seed, number, np.arange(SIZE) + number * SIZE)


def evergreens(seed: int) -> list[Draft]:
    """Texts that are printed again and again over the years: appeals, notices, how to do things."""
    return _make(seed, _EVERGREENS_BATCH, np.zeros(SIZE, dtype=np.int64)).drafts


def _make(seed: int, number: int, numbers: Numbers) -> Batch:
    rng = np.random.default_rng([seed, number])
    kinds = rng.random(SIZE)
    reprints = kinds < REPRINTS
    framed = (kinds >= REPRINTS) & (kinds < REPRINTS + SERIES)
    alone = kinds >= 1 - ALONE
    # a few are printed everywhere, most once or twice
    weights = np.where(reprints | framed | alone, 0.0, rng.pareto(1.1, SIZE) + 0.05)
    times = moments(rng, numbers)
    counts = pictures.counts(rng, SIZE)
    counts[framed] = 0
    wording = write(rng, SIZE, counts, alone)
    sources = SOURCES.draw(rng, SIZE)
    sites = [SITES[n] for n in SITE_OF.draw(rng, SIZE).tolist()]
    own = (rng.random(SIZE) < 0.25).tolist()
    sources = [
        site.title if is_own else source for site, is_own, source in zip(sites, own, sources, strict=True)
    ]
    all_shots = iter(
        pictures.shots(
            rng,
            wording.captions,
            [s for s, n in zip(sources, counts.tolist(), strict=True) for _ in range(n)],
        )
    )
    people, more = REPORTERS.draw(rng, 2 * SIZE), EDITORS.draw(rng, 2 * SIZE)
    chance = rng.random((SIZE, 6)).tolist()
    channels = CHANNEL_OF.draw(rng, SIZE).tolist()
    places = rng.integers(0, len(PLACES), SIZE).tolist()
    facts = rng.integers(0, 1 << 20, (SIZE, series.FACTS))
    drafts = []
    for n in range(SIZE):
        moment, source = times[n], sources[n]
        has_authors, has_editor, has_duty, opening, ending, form = chance[n]
        authors = people[2 * n : 2 * n + (0 if has_authors < 0.4 else 1 if has_authors < 0.85 else 2)]
        editor = more[2 * n] if has_editor < 0.6 else None
        if framed[n]:
            title, paragraphs = series.series(int(form * 4), moment.at, facts[n])
        else:
            title, paragraphs = wording.titles[n], wording.bodies[n].split("\n")[:-1]
            if opening < 0.45:
                paragraphs[0] = (
                    _dateline(opening, moment, source, PLACES[places[n]], people[2 * n]) + paragraphs[0]
                )
            if ending < 0.4:
                text = _ENDINGS[int(form * len(_ENDINGS))]
                paragraphs.append(text.format(source=source, editor=more[2 * n], author=people[2 * n]))
        drafts.append(
            Draft(
                title=title,
                paragraphs=paragraphs,
                shots=[next(all_shots) for _ in range(counts[n])],
                keywords=wording.keywords[n][: n % 5],
                source=source,
                authors=authors,
                editor=editor,
                duty_editor=more[2 * n + 1] if has_duty < 0.35 else None,
                site=sites[n],
                channel=channels[n],
                moment=moment,
            )
        )
    return Batch(drafts, reprints, weights)


def _dateline(chance: float, moment: Moment, source: str, place: str, author: str) -> str:
    day = f"{moment.at.month}月{moment.at.day}日"
    if chance < 0.12:
        return f"新华社{place}{day}电（记者{author}）"
    if chance < 0.2:
        return f"据新华社{place}{day}电 "
    if chance < 0.28:
        return f"中新网{place}{day}电 （{author}）"
    if chance < 0.36:
        return f"{source}讯（记者 {author}）"
    return f"据{source}报道，"
