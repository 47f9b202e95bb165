"""articles(): the stream itself. Article number i is the same whatever was asked for before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from benchmarks.million import drafts
from benchmarks.million.drafts import SIZE, Draft
from benchmarks.million.names import CHANNELS
from benchmarks.million.pictures import Shot
from benchmarks.million.reprints import Kind, reprint
from benchmarks.million.sampling import zipf
from crawler.items import Article, Block, Image, Source, join_text

BACK = 2  # batches in which the first copy of a reprint stands
_EVERGREEN = 0.08  # share of reprints that print an evergreen; the most used of a million thousands of times
_EVERGREEN_OF = zipf(200, 1.0)
_REHOSTED = 0.6  # share of reprints that keep copies of the pictures


class Made(NamedTuple):
    """An article and the truth about it."""

    number: int
    article: Article
    kind: Kind | None
    """What kind of reprint it is; None for one of its own."""
    first: int | None
    """Number of the article that it reprints, below 0 for an evergreen; None for one of its own."""


def articles(n: int, seed: int = 1, start: int = 0) -> Iterator[Article]:
    """Articles number `start` to `start + n - 1`, without fingerprints."""
    return (item.article for item in made(n, seed, start))


def made(n: int, seed: int = 1, start: int = 0) -> Iterator[Made]:
    """The same with the truth."""
    end = start + n
    for number in range(start // SIZE, -(-end // SIZE)):
        for item in _finished(seed, number):
            if start <= item.number < end:
                yield item


@lru_cache(maxsize=BACK + 1)
def _batch(seed: int, number: int) -> drafts.Batch:
    return drafts.batch(seed, number)


@lru_cache(maxsize=1)
def _evergreens(seed: int) -> list[Draft]:
    return drafts.evergreens(seed)


def _finished(seed: int, number: int) -> Iterator[Made]:
    rng = np.random.default_rng([seed, number, 2])
    earlier = list(range(max(0, number - BACK), number))
    firsts = [
        (back * SIZE + n, draft) for back in earlier for n, draft in enumerate(_batch(seed, back).drafts)
    ]
    mine, reprints, _ = _batch(seed, number)
    picked = iter(())
    if firsts:
        # yesterday's news more than those of the day before
        weights = np.concatenate([_batch(seed, back).weights / (number - back) for back in earlier])
        picked = iter(rng.choice(len(firsts), size=SIZE, p=weights / weights.sum()).tolist())
    evergreen = (rng.random(SIZE) < _EVERGREEN).tolist()
    which = _EVERGREEN_OF.draw(rng, SIZE).tolist()
    hosts = rng.random(SIZE).tolist()
    for n, draft in enumerate(mine):
        kind: Kind | None = None
        first, host = None, None
        if reprints[n] and (firsts or evergreen[n]):
            if evergreen[n]:
                first, original = -1 - which[n], _evergreens(seed)[which[n]]
            else:
                first, original = firsts[next(picked)]
            kind, draft = reprint(original, draft, rng)
            host = None if hosts[n] < _REHOSTED else original
        yield Made(number * SIZE + n, _article(number * SIZE + n, draft, host), kind, first)


def _article(number: int, draft: Draft, pictures_of: Draft | None) -> Article:
    """The article as its portal shows it; its pictures lie with `pictures_of`, by default with itself."""
    site, at = draft.site, draft.moment.at
    channel = CHANNELS[draft.channel]
    images = [_image(shot, draft, pictures_of or draft) for shot in draft.shots]
    blocks = _blocks(draft.paragraphs, images)
    return Article(
        url=f"https://www.{site.host}/{draft.channel:02}/{at.year}/{at.month:02}{at.day:02}/c{number:08}.html",
        title=draft.title,
        portal=site.name,
        channel=channel,
        keywords=draft.keywords,
        language="zh-CN",
        published_at=draft.moment.iso,
        published_raw=draft.moment.raw,
        source=Source(draft.source),
        authors=draft.authors,
        editor=draft.editor,
        duty_editor=draft.duty_editor,
        blocks=blocks,
        body_text=join_text(blocks),
        images=images,
        template="article" if number % 3 else "gallery",
        extractor="1",
    )


def _image(shot: Shot, draft: Draft, host: Draft) -> Image:
    at = host.moment.at
    folder = "common" if shot.number < 0 else f"{at.year}/{at.month:02}/{at.day:02}"
    return Image(
        url=f"https://img.{host.site.host}/{folder}/{shot.name}.jpg",
        position=0,
        alt=draft.title if shot.alt else None,
        caption=shot.caption,
        credit=shot.credit,
        credit_raw=shot.credit_raw,
        width=shot.size[0] if shot.size else None,
        height=shot.size[1] if shot.size else None,
    )


def _blocks(paragraphs: list[str], images: list[Image]) -> list[Block]:
    """Pictures between the paragraphs, the first after the first."""
    blocks = []
    shown = 0
    for number, text in enumerate(paragraphs):
        blocks.append(Block("paragraph", text=text))
        if shown < len(images) and number % 2 == 0:
            images[shown].position = len(blocks)
            blocks.append(Block("image", image=shown))
            shown += 1
    for index in range(shown, len(images)):
        images[index].position = len(blocks)
        blocks.append(Block("image", image=index))
    return blocks
