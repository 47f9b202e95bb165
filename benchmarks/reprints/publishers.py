"""Stories whose pages show who published first, and how often Tushuo names that one.

The situations stand in data/publishers.txt: for each copy its portal, 来源 and time. Every story has a text
of its own, at each portal under another lead, tail or headline or word for word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from benchmarks.reprints.judges.tushuo import store, story_of, temporary_database
from benchmarks.reprints.kinds import REPRINTS
from benchmarks.reprints.originals import Originals
from benchmarks.reprints.phrases import HERE
from benchmarks.reprints.sample import FIRST, Sample
from crawler.portals.registry import portal_by_name
from tests.replica.chance import dice

_EDITS = ("word for word", "retitled", "new tail", "new dateline", "reworded 2 %")
_NAMES = str.maketrans("", "", " 　《》“”（）()")


@dataclass(frozen=True, slots=True)
class Case:
    """A story with the right answer."""

    situation: str
    names: tuple[str, ...]
    """Ways to write the first publisher, any of which is right."""
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Tushuo said of a case."""

    case: Case
    publisher: str | None
    why: str | None
    linked: bool
    """All copies are in one story."""

    @property
    def right(self) -> bool:
        """The answer holds one of the names, or is held by one."""
        said = (self.publisher or "").translate(_NAMES)
        return bool(said) and any(
            name in said or said in name for name in (name.translate(_NAMES) for name in self.case.names)
        )


def cases(originals: Originals, count: int, seed: int) -> list[Case]:
    """`count` stories, the situations in turn, each with a text of its own."""
    texts = originals.editable[originals.real :]
    if count > len(texts):
        raise ValueError(f"{count} stories need as many texts of the replica, but there are {len(texts)}")
    made = []
    for number, (situation, names, copies) in enumerate(islice(cycle(_situations()), count)):
        rng = dice(seed, "publisher", number)
        start = FIRST - timedelta(hours=7 * number, minutes=rng.randrange(300))
        samples = []
        for place, (portal, source, when) in enumerate(copies):
            edit = REPRINTS[rng.choice(_EDITS) if place else "word for word"]
            text = edit(texts[number], rng, originals.spare)
            assert text is not None
            at = start + timedelta(minutes=int(when)) if when.isdigit() else start
            samples.append(
                Sample(
                    text,
                    _url(portal, f"{at:%Y/%m%d}", number),
                    portal,
                    None if when == "x" else f"{at:%Y-%m-%d}" if when == "d" else at.isoformat(),
                    source=None if source == "-" else source,
                )
            )
        made.append(Case(situation, tuple(names), tuple(samples)))
    return made


def ask(stories: list[Case]) -> list[Answer]:
    """Tushuo's answers, all stories in one database."""
    samples = [sample for case in stories for sample in case.samples]
    with temporary_database() as database:
        store(database, samples, "publishers")
        found = story_of(database)
    return [_answer(case, found) for case in stories]


def _answer(case: Case, found: dict[str, Any]) -> Answer:
    """By the story that most of the copies are in."""
    stories = {story.id: story for sample in case.samples if (story := found[sample.url])}
    counts = Counter(story.id for sample in case.samples if (story := found[sample.url]))
    if not counts:
        return Answer(case, None, "no story", False)
    (most, size), *_ = counts.most_common()
    story = stories[most]
    return Answer(case, story.publisher, story.publisher_why, size == len(case.samples))


def _url(portal: str, day: str, number: int) -> str:
    declared = portal_by_name(portal)
    host = declared.hosts[0] if declared else f"{portal}.example"
    return f"https://news.{host}/{day}/c{1000 + number}.html"


def _situations() -> Iterator[tuple[str, list[str], list[tuple[str, str, str]]]]:
    """(situation, names of the first publisher, (portal, source, when) of each copy)."""
    situation = ""
    for line in (HERE / "data/publishers.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            situation = line.strip("[]")
        elif line and not line.startswith("#"):
            names, *copies = line.split(" | ")
            parts = (copy.split(";") for copy in copies)
            yield situation, names.split("、"), [(portal, source, when) for portal, source, when in parts]
