"""The originals: the replica's articles that reprint nothing, and the real texts of ../shared.

The replica's grammar makes some articles share sentences by chance. An article is an original only when it
shares less than SHARED_MOST of its (or of the other's) 5-character strings with every original before it;
what is left over lends its paragraphs as "other news" (`Originals.spare`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.reprints.text import Text, weight
from tests.replica.stories import Stories
from tests.replica.story import Shot
from tests.replica.world import World
from tests.shared import REQUIRED, SHARED

SHARED_MOST = 0.12  # of the shorter text's strings; the most seen between any two articles is .25
LEAST = 160  # letters an original needs to be edited; shorter ones only stand beside
WORLD_SEED = 20

_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Originals:
    """Texts that have nothing to do with each other."""

    texts: tuple[Text, ...]
    real: int
    """How many of them are from ../shared."""
    alike: int
    """Articles left out because they share sentences with an original."""
    spare: tuple[str, ...]
    """Paragraphs of articles that are no originals."""

    @property
    def editable(self) -> list[Text]:
        """Those long enough to make copies of."""
        return [text for text in self.texts if weight(text.body) >= LEAST]


def load_originals(size: int = 1000, seed: int = WORLD_SEED) -> Originals:
    """The originals among `size` articles of the replica and, where ../shared is, its real texts.

    FileNotFoundError when ../shared is absent and TUSHUO_REQUIRE_SHARED=1.
    """
    real = list(_real())
    made = list(_replica(size, seed))
    # a fifth of the replica is set aside first, so that there is other news to add
    aside, offered = made[::5], [text for index, text in enumerate(made) if index % 5]
    chosen = list(apart([*real, *offered]))
    names = {text.name for text in chosen}
    spare = tuple(part for text in aside for part in text.paragraphs if 40 <= weight(part) <= 130)
    return Originals(
        texts=tuple(chosen),
        real=sum(text.name in names for text in real),
        alike=len(real) + len(offered) - len(chosen),
        spare=spare,
    )


def apart(texts: Iterable[Text]) -> Iterator[Text]:
    """Those texts that share little with every one before them."""
    holders: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for text in texts:
        grams = strings(text.body)
        common = Counter(number for gram in grams for number in holders.get(gram, ()))
        if any(count > SHARED_MOST * min(len(grams), sizes[number]) for number, count in common.items()):
            continue
        for gram in grams:
            holders[gram].append(len(sizes))
        sizes.append(len(grams))
        yield text


def strings(body: str) -> set[str]:
    """All strings of five letters in a text, punctuation left out."""
    plain = "".join(filter(str.isalnum, body))
    return {plain[at : at + _LENGTH] for at in range(max(1, len(plain) - _LENGTH + 1))}


def _replica(size: int, seed: int) -> Iterator[Text]:
    world = World(size, seed)
    stories = Stories(world)
    for number in range(size):
        if world.origin(number) is None and world.kind(number) != "gallery":
            story = stories.story(number)
            parts = [
                part if isinstance(part, str) else part.text
                for part in story.parts
                if not isinstance(part, Shot)
            ]
            yield Text(f"replica {number}", story.title, tuple(parts))


def _real() -> Iterator[Text]:
    """The gold texts of the corpus and of the seed article, read in place."""
    paths = sorted((SHARED / "corpus/gold").glob("*.json"))
    if not paths:
        if REQUIRED:
            raise FileNotFoundError(f"{SHARED / 'corpus/gold'} has no texts, and TUSHUO_REQUIRE_SHARED=1")
        return
    for path in [*paths, SHARED / "seed/cri-article.json"]:
        record = json.loads(path.read_text("utf-8"))
        paragraphs = tuple(line for line in record["body"].split("\n") if line.strip())
        if paragraphs:
            yield Text(path.stem, record["title"], paragraphs)
