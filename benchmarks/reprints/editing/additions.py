"""What another desk writes around a text: leads, ends, datelines, headlines; two texts made one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from benchmarks.reprints.phrases import one_of, topic
from benchmarks.reprints.text import Text, sentences, weight

_DATELINE = re.compile(r"^[^，。；！？]{0,24}(?:[电讯](?:\s*（[^）]{2,24}）)?|（[^）]{2,24}[电讯]）)\s*")


def add_lead(text: Text, rng: Random) -> Text:
    """The text below a new lead."""
    return text.with_paragraphs([phrase("leads", text, rng), *text.paragraphs])


def replace_lead(text: Text, rng: Random) -> Text:
    """The text with its first sentence gone and a new lead in its place."""
    first = sentences(text.paragraphs[0])
    # a lead that is most of the text is not what a desk replaces
    if len(first) + len(text.paragraphs) > 4 and weight(first[0]) < 0.2 * weight(text.body):
        text = text.with_paragraphs(["".join(first[1:]), *text.paragraphs[1:]])
    return add_lead(text, rng)


def add_tail(text: Text, spare: Sequence[str], rng: Random) -> Text:
    """The text with one or two lines below it: editors, another agency's sign-off, or other news."""
    kinds = rng.sample(("line", "line", "news"), rng.randint(1, 2))
    lines = [
        phrase("tails", text, rng) if kind == "line" else f"另据报道，{rng.choice(spare)}" for kind in kinds
    ]
    return text.with_paragraphs([*text.paragraphs, *lines])


def change_dateline(text: Text, rng: Random) -> Text:
    """The text behind another desk's dateline, its own taken off."""
    first = text.paragraphs[0]
    bare = _DATELINE.sub("", first)
    return text.with_paragraphs([phrase("datelines", text, rng) + (bare or first), *text.paragraphs[1:]])


def retitle(text: Text, rng: Random) -> Text:
    """The text under another headline."""
    return replace(text, title=phrase("titles", text, rng))


def merge(one: Text, other: Text, rng: Random) -> Text:
    """Both texts in one page, under a headline of their own, with or without a line between them."""
    between = [phrase("leads", other, rng)] if rng.random() < 0.5 else []
    return Text(
        f"{one.name} + {other.name}",
        f"{_topic(one.title, rng)}；{_topic(other.title, rng)}",
        (*one.paragraphs, *between, *other.paragraphs),
    )


def phrase(section: str, text: Text, rng: Random) -> str:
    """A phrase of data/leads.txt about a text."""
    return one_of(topic("data/leads.txt"), section, rng, TOPIC=_topic(text.title, rng))


def _topic(title: str, rng: Random) -> str:
    """Some neighbouring characters of a headline."""
    length = min(len(title), rng.randint(6, 12))
    start = rng.randint(0, len(title) - length)
    return title[start : start + length]
