"""What looks like a copy and is none: same frame with other facts, the same event told anew, series, shorts.

One scene with all of them and all originals. The pairs of a family are all pairs of its texts.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from random import Random

from benchmarks.reprints.originals import Originals
from benchmarks.reprints.phrases import BREAK, HERE, Filled, fill, say, scene, topic
from benchmarks.reprints.sample import FIRST, Sample, Scene, ordered, original_sample
from benchmarks.reprints.text import Text, weight
from tests.replica.chance import dice
from tests.replica.grammar import Topic

FRAMES = tuple(
    sorted(path.stem for path in (HERE / "frames").glob("*.txt") if path.stem not in ("common", "short"))
)
EVENTS = tuple(sorted(path.stem for path in (HERE / "events").glob("*.txt")))
TELLINGS = ("a", "b", "c")
BLIND_FRAMES = tuple(sorted(path.stem for path in (HERE / "frames_blind").glob("*.txt")))
"""Frames that nobody saw who tuned the detector; to be judged by, never to be tuned on."""
FEW_NUMBERS = ("appointment", "match", "nomination", "obituary", "opening", "recruitment")
"""Frames whose facts are names rather than numbers."""
NEXT = "next edition, half the facts"


def alike_scene(originals: Originals, texts: int, seed: int) -> Scene:
    """All families, `texts` texts in each (of events a half as many of each sort), beside all originals."""
    made = Scene("no copies", [original_sample(text, at) for at, text in enumerate(originals.texts)])
    for frame in FRAMES:
        _editions(made, frame, texts, seed)
    for event in EVENTS:
        _tellings(made, event, max(2, texts // 2), seed)
    # no paragraph twice: two texts with one in common would be copies in part
    spare = list(originals.spare)
    dice(seed, "series").shuffle(spare)
    for number, ending in enumerate(endings()):
        news = [_series_text(spare, ending, n) for n in range(texts // 2)]
        _family(made, "one series", news, f"series{number}")
    for number in range(len(topic("frames/short.txt").sections["texts"])):
        shorts = [short_text(number, n, dice(seed, "short", number, n)) for n in range(texts)]
        _family(made, "under 100 letters", shorts, f"short{number}")
    _family(made, "empty", [Text(f"empty {n}", "图片新闻", ()) for n in range(texts)])
    _family(
        made, "empty, pictures", [Text(f"empty {n}", f"组图之{n}", ()) for n in range(texts)], pictures=True
    )
    return made


def blind_scene(originals: Originals, texts: int, seed: int) -> Scene:
    """The families of the blind frames alone, `texts` texts in each, beside all originals."""
    made = Scene("no copies, blind", [original_sample(text, at) for at, text in enumerate(originals.texts)])
    for frame in BLIND_FRAMES:
        rngs = [dice(seed, "blind", frame, number) for number in range(texts)]
        filled = [frame_text(frame, n, rng, "frames_blind")[0] for n, rng in enumerate(rngs)]
        _family(made, f"blind: {frame}", filled)
    return made


def frame_text(frame: str, number: int, rng: Random, folder: str = "frames") -> tuple[Text, Filled]:
    """A frame filled with facts; names that come twice are the same."""
    of = topic(f"{folder}/{frame}.txt")
    return _edition(of, f"{frame} {number}", fill(of.sections["texts"][0], scene(of, rng), rng), rng)


def next_edition(frame: str, number: int, before: Filled, rng: Random) -> tuple[Text, Filled]:
    """The frame again, about half of its facts as they were."""
    of = topic(f"frames/{frame}.txt")
    filled = fill(of.sections["texts"][0], scene(of, rng), rng, before)
    return _edition(of, f"{frame} {number}'", filled, rng)


def _edition(of: Topic, name: str, filled: Filled, rng: Random) -> tuple[Text, Filled]:
    titles = of.sections["titles"]
    frame = titles[0] if len(titles) == 1 else rng.choice(titles)  # one title draws nothing: figures stay
    title = say(frame, scene(of, rng, **filled.kept), rng)
    return Text(name, title, tuple(filled.text.split(BREAK))), filled


def telling(event: str, number: int, version: str, seed: int) -> Text:
    """One telling of an event: its sentences are its own; names, numbers and a quote are the event's."""
    of = topic(f"events/{event}.txt")
    where = scene(of, dice(seed, event, number))
    rng = dice(seed, event, number, version)
    lines = [say(frame, where, rng) for frame in of.sections[version]]
    return Text(f"{event} {number}{version}", lines[0][:16], tuple(lines))


def endings() -> list[str]:
    """What every article of a series ends with, one a series."""
    lines = (HERE / "data/series.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _editions(made: Scene, frame: str, texts: int, seed: int) -> None:
    """A frame's texts, and of one with many numbers as many next editions, each with half of one's facts."""
    first = [frame_text(frame, number, dice(seed, frame, number)) for number in range(texts)]
    places = [made.add(_sample(text, frame, number)) for number, (text, _) in enumerate(first)]
    following = []
    for number, (place, (_, filled)) in enumerate(zip(places, first, strict=True)):
        if frame not in FEW_NUMBERS:
            text, _ = next_edition(frame, number, filled, dice(seed, frame, number, "next"))
            following.append((place, made.add(_sample(text, f"next{frame}", number))))
    made.families.setdefault(NEXT, []).extend(following)
    everything = combinations([*places, *(place for _, place in following)], 2)
    apart = set(following)
    made.families[f"frame: {frame}"] = [pair for pair in everything if pair not in apart]


def _tellings(made: Scene, event: str, count: int, seed: int) -> None:
    """Pairs of tellings of one event, and pairs of one telling of two events."""
    first = len(made.samples)
    places: dict[tuple[int, str], int] = {}
    for number in range(count):
        for version in TELLINGS:
            text = telling(event, number, version, seed)
            places[number, version] = made.add(_sample(text, f"{event}{version}", len(made.samples) - first))
    for (one, told), at in places.items():
        for (other, retold), place in places.items():
            if at < place and one == other:
                made.families.setdefault("same event, other words", []).append((at, place))
            elif at < place and told == retold:
                made.families.setdefault("other event, same frame", []).append((at, place))


def _series_text(spare: list[str], ending: str, number: int) -> Text:
    """Other news above the ending that all articles of the series have, at least as long as it."""
    parts: list[str] = []
    if not spare:
        raise ValueError("too few paragraphs of other news for so many texts a family; make fewer")
    while spare and weight("".join(parts)) < weight(ending) * 1.2:
        parts.append(spare.pop())
    return Text(f"series {number}", parts[0][:14], (*parts, ending))


def short_text(frame: int, number: int, rng: Random) -> Text:
    """A text of fewer than a hundred letters."""
    of = topic("frames/short.txt")
    where = scene(of, rng)
    body = say(of.sections["texts"][frame], where, rng)
    return Text(f"short {frame} {number}", say(of.sections["titles"][0], where, rng), (body,))


def _family(
    made: Scene, name: str, texts: list[Text], portal: str | None = None, pictures: bool = False
) -> None:
    """Texts of one portal, one a day, all pairs of them no copies."""
    portal = portal or "".join(filter(str.isalnum, name))
    places = [made.add(_sample(text, portal, number, pictures)) for number, text in enumerate(texts)]
    made.families.setdefault(name, []).extend(ordered(*pair) for pair in combinations(places, 2))


def _sample(text: Text, portal: str, number: int, pictures: bool = False) -> Sample:
    day = (FIRST - timedelta(days=number)).isoformat()
    url = f"https://www.{portal}.example/{number}.html"
    picture = f"https://img.{portal}.example/{number}.jpg" if pictures else None
    return Sample(text, url, portal, day, picture=picture)
