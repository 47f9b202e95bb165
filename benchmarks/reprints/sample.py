"""An article of the benchmark, and scenes: many articles of which it is known which pairs are copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from benchmarks.reprints.text import Text
from crawler.items import Article, Block, Image, Source, join_text
from pipelines.fingerprint import fingerprint

CHINA = timezone(timedelta(hours=8))
FIRST = datetime(2026, 1, 5, 8, 0, tzinfo=CHINA)
Pair = tuple[int, int]
"""Positions of two samples of a scene, the smaller first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text as some portal shows it."""

    text: Text
    url: str
    portal: str
    published: str | None
    """ISO 8601 with offset, or a date alone."""
    source: str | None = None
    picture: str | None = None

    def article(self) -> Article:
        """The article that the pipelines would get, with its fingerprint."""
        blocks = [Block("paragraph", text=part) for part in self.text.paragraphs]
        images = []
        if self.picture:
            images.append(Image(url=self.picture, position=len(blocks)))
            blocks.append(Block("image", image=0))
        made = Article(
            url=self.url,
            title=self.text.title,
            portal=self.portal,
            published_at=self.published,
            published_raw=self.published,
            source=Source(self.source) if self.source else None,
            blocks=blocks,
            body_text=join_text(blocks),
            images=images,
        )
        made.fingerprint = fingerprint(made)
        return made


@dataclass(slots=True)
class Scene:
    """Articles that are stored together. A pair that is not in `copies` must not be linked."""

    name: str
    samples: list[Sample]
    copies: list[Pair] = field(default_factory=list)
    families: dict[str, list[Pair]] = field(default_factory=dict)
    """Pairs that are no copies but look like them, by kind. All further pairs are unrelated."""

    def add(self, sample: Sample) -> int:
        """The sample's position."""
        self.samples.append(sample)
        return len(self.samples) - 1


def moment(number: int, minutes: int = 0) -> str:
    """When original number `number` appeared, or so many minutes later: four a day or so."""
    return (FIRST - timedelta(hours=6 * number) + timedelta(minutes=minutes)).isoformat()


def original_sample(text: Text, number: int) -> Sample:
    """An original as its own portal shows it."""
    portal = f"yuan{number % 23}"
    return Sample(text, f"https://www.{portal}.example/a/{number}.html", portal, moment(number))


def copy_sample(text: Text, number: int, minutes: int, mark: str) -> Sample:
    """A copy of original `number` at another portal, so many minutes later."""
    portal = f"zhuan{number % 19}"
    url = f"https://news.{portal}.example/{mark}/{number}.html"
    return Sample(text, url, portal, moment(number, minutes))


def ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
