"""Sentence frames: what the files in topics/ say, compiled once and expanded with chance.

A frame is text with `{word}` (one of a list, itself a frame), `{n:10-500}` (a whole number), `{d:1-9}` (a
number with one decimal) and `(this|that|)` (one of them). A word in capitals, `{CITY}` or `{PERSON2}`, is
drawn once an article and then stays: `{PERSON2}` is a second `{person}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.replica.chance import dice

TOPICS = Path(__file__).with_name("topics")
_TOKEN = re.compile(r"\{([^{}]+)\}|([(|)])")
_NUMBER = re.compile(r"([nd]):(\d+)-(\d+)")
_CAPITALS = re.compile(r"([A-Z]+)\d*")


class GrammarError(ValueError):
    """A topic file that cannot be compiled; says the file, the frame and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Word:
    name: str
    kept: str | None
    """Key under which the article remembers it; None for a fresh draw each time."""


@dataclass(frozen=True, slots=True)
class Number:
    low: int
    high: int
    tenths: bool


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Frame, ...]


Frame = tuple["str | Word | Number | Choice", ...]
Words = dict[str, tuple[Frame, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """One field of news: its vocabulary and its frames by section."""

    name: str
    title: str
    words: Words
    sections: dict[str, tuple[Frame, ...]]


@dataclass(slots=True)
class Scene:
    """What an article talks of: the words it may use, and those it has settled on."""

    words: tuple[Words, ...]
    """Looked through in order; the first that has the name wins."""
    key: int
    """Whatever is drawn once is drawn from this and its name, whoever asks first."""
    kept: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Frame, ...]:
        for words in self.words:
            if name in words:
                return words[name]
        raise GrammarError(f"no word list named {{{name}}}; add it to the topic or to common.txt")


def expand(frame: Frame, scene: Scene, rng: Random) -> str:
    """One text of a frame."""
    out: list[str] = []
    _expand(frame, scene, rng, out)
    return "".join(out)


def _expand(frame: Frame, scene: Scene, rng: Random, out: list[str]) -> None:
    for node in frame:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Choice):
            options = node.options
            _expand(options[int(rng.random() * len(options))], scene, rng, out)
        elif isinstance(node, Number):
            value = node.low + rng.random() * (node.high - node.low)
            out.append(f"{value:.1f}" if node.tenths else str(round(value)))
        elif node.kept is None:
            options = scene.find(node.name)
            _expand(options[int(rng.random() * len(options))], scene, rng, out)
        else:
            text = scene.kept.get(node.kept)
            if text is None:
                own = dice(scene.key, node.kept)
                text = expand(own.choice(scene.find(node.name)), scene, own)
                scene.kept[node.kept] = text
            out.append(text)


def compile_frame(text: str) -> Frame:
    """The frame of one line of a topic file."""
    stack: list[list[list[str | Word | Number | Choice]]] = [[[]]]
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            stack[-1][-1].append(text[end : match.start()])
        end = match.end()
        if match[1]:
            stack[-1][-1].append(_slot(match[1]))
        elif match[2] == "(":
            stack.append([[]])
        elif len(stack) == 1:
            raise GrammarError(f"{match[2]!r} outside of brackets in: {text}")
        elif match[2] == "|":
            stack[-1].append([])
        else:
            options = tuple(tuple(option) for option in stack.pop())
            stack[-1][-1].append(Choice(options))
    if len(stack) > 1:
        raise GrammarError(f"unclosed bracket in: {text}")
    if end < len(text):
        stack[0][0].append(text[end:])
    return tuple(stack[0][0])


def _slot(name: str) -> Word | Number:
    number = _NUMBER.fullmatch(name)
    if number:
        return Number(int(number[2]), int(number[3]), number[1] == "d")
    capitals = _CAPITALS.fullmatch(name)
    return Word(capitals[1].lower(), name) if capitals else Word(name, None)


def load_topic(path: Path) -> Topic:
    """A topic file: `[section]` lines, frames one a line, and in [words] `name: frame frame …`."""
    words: Words = {}
    sections: dict[str, list[Frame]] = {}
    section = title = ""
    for line in path.read_text("utf-8").splitlines():
        line = line.strip()
        try:
            if line.startswith("# "):
                title = title or line[2:]
            elif line.startswith("[") and line.endswith("]"):
                section = line[1:-1]
            elif line and section == "words":
                name, _, values = line.partition(": ")
                words[name] = tuple(compile_frame(value) for value in values.split())
            elif line:
                sections.setdefault(section, []).append(compile_frame(line))
        except GrammarError as error:
            raise GrammarError(f"{path.name}: {error}") from error
    return Topic(path.stem, title, words, {name: tuple(frames) for name, frames in sections.items()})


COMMON = load_topic(TOPICS / "common.txt")
ALL_TOPICS: tuple[Topic, ...] = tuple(
    load_topic(path) for path in sorted(TOPICS.glob("*.txt")) if path.stem != "common"
)
ABROAD = load_topic(Path(__file__).with_name("abroad.txt")).words
"""Words of the news from abroad, before those of the topic."""
PLACES: dict[str, tuple[str, ...]] = {
    name: tuple(part for frame in frames for part in frame if isinstance(part, str))
    for name, frames in load_topic(Path(__file__).with_name("places.txt")).words.items()
}
"""Cities, districts by host, offices that supply pictures."""
