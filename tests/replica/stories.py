"""Writes the articles of a world: new ones, reprints, and what becomes of them when they are edited."""

from __future__ import annotations

from dataclasses import replace

from tests.replica.chance import dice
from tests.replica.desk import Desk
from tests.replica.story import Heading, Part, Shot, Story
from tests.replica.world import World


class Stories:
    """The articles of a world by number; headlines are kept, for lists need many of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._titles: dict[int, str] = {}

    def title(self, number: int) -> str:
        """The headline, known without the body; it never changes."""
        known = self._titles.get(number)
        if known is not None:
            return known
        source = self.world.origin(number)
        if source is not None and self.world.is_exact(number):
            title = self.title(source)
        else:
            # a reprint has a headline of its own for the scene of its original
            title = self._desk(number, "title").one_of("titles")
        self._titles[number] = title
        return title

    def story(self, number: int, text: int = 0, caption: int = 0) -> Story:
        """The article after its text and its captions were changed so many times."""
        source = self.world.origin(number)
        story = self._write(number) if source is None else self._reprint(number, source)
        for time in range(1, text + 1):
            story = self._edit(story, number, time)
        for time in range(1, caption + 1):
            story = self._recaption(story, number, time)
        return story

    def _desk(self, number: int, *purpose: str | int) -> Desk:
        """A desk with a random stream of its own for a purpose; a reprint has its original's scene."""
        source = self.world.origin(number)
        rng = dice(self.world.seed, *purpose, number)
        return Desk.of_article(self.world, number if source is None else source, rng)

    def _write(self, number: int) -> Story:
        desk = self._desk(number, "story")
        rng = desk.rng
        kind = self.world.kind(number)
        signers = desk.signers()
        if kind == "gallery":
            slides = [desk.shot(number * 16 + at, gallery=True) for at in range(rng.randint(6, 12))]
            return Story(self.title(number), tuple(slides), signers)
        several = kind in ("whole", "chain")
        paragraphs = [
            desk.lead(signers.authors),
            *desk.paragraphs(rng.randint(14, 20) if several else rng.randint(5, 12)),
        ]
        parts: list[Part] = list(paragraphs)
        if len(paragraphs) >= 8 and rng.random() < 0.6:
            parts = _with_headings(desk, parts)
        parts = _with_shots(desk, number, parts)
        return Story(self.title(number), tuple(parts), signers, pages=rng.randint(2, 4) if several else 1)

    def _reprint(self, number: int, source: int) -> Story:
        """The original's text elsewhere: word for word, or with another lead, headline and ending."""
        original = self._write(source)
        desk = self._desk(number, "reprint")
        signers = desk.signers()
        story = Story(self.title(number), original.parts, signers, reprint_of=source)
        if self.world.is_exact(number):
            return replace(story, signers=replace(signers, authors=original.signers.authors))
        parts = list(original.parts)
        lead = next(index for index, part in enumerate(parts) if isinstance(part, str))
        parts[lead] = f"据{signers.source or '当地媒体'}报道，{desk.one_of('leads')}"
        if len(parts) > 6 and isinstance(parts[-1], str) and isinstance(parts[-2], str):
            parts.pop()
        keys = iter(range(number * 16, number * 16 + 16))
        parts = [replace(part, key=next(keys)) if isinstance(part, Shot) else part for part in parts]
        return replace(story, parts=tuple(parts))

    def _edit(self, story: Story, number: int, time: int) -> Story:
        """One paragraph said anew, and one more at the end."""
        desk = self._desk(number, "edit", time)
        parts = list(story.parts)
        texts = [index for index, part in enumerate(parts) if isinstance(part, str)]
        parts[desk.rng.choice(texts[1:] or texts)] = desk.one_of("body")
        parts.append(f"（更新）{desk.common('body')}")
        return replace(story, parts=tuple(parts))

    def _recaption(self, story: Story, number: int, time: int) -> Story:
        """One caption said anew; its credit stays."""
        desk = self._desk(number, "recaption", time)
        captioned = [
            (index, part) for index, part in enumerate(story.parts) if isinstance(part, Shot) and part.caption
        ]
        index, shot = desk.rng.choice(captioned)
        old = shot.caption or ""
        caption = desk.caption()
        while caption == old:
            caption = desk.caption()
        parts = list(story.parts)
        parts[index] = replace(shot, caption=caption, line=caption + (shot.line or "")[len(old) :])
        return replace(story, parts=tuple(parts))


def _with_headings(desk: Desk, parts: list[Part]) -> list[Part]:
    """A heading before every third to fifth paragraph."""
    headings = desk.headings()
    step = desk.rng.randint(3, 5)
    out: list[Part] = []
    for index, part in enumerate(parts):
        if index and index % step == 0 and index < len(parts) - 1 and headings:
            out.append(Heading(headings.pop()))
        out.append(part)
    return out


def _with_shots(desk: Desk, number: int, parts: list[Part]) -> list[Part]:
    """No picture to eight of them between the paragraphs, now and then two in a row."""
    rng = desk.rng
    most, least = rng.choices(((0, 0), (1, 1), (4, 2), (8, 5)), weights=(22, 30, 38, 10))[0]
    shots = [desk.shot(number * 16 + at) for at in range(rng.randint(least, most))]
    places = [rng.randint(0, len(parts)) for _ in shots]
    if len(shots) > 1 and rng.random() < 0.35:
        places[1] = places[0]
    out = list(parts)
    for place, shot in sorted(zip(places, shots, strict=True), key=lambda pair: -pair[0]):
        # not between a heading and its text
        after_heading = place and isinstance(out[place - 1], Heading)
        out.insert(place - 1 if after_heading else place, shot)
    return out
