"""What is edited and compared: a headline and paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”」』）)]*|[^。！？!?]+$")


@dataclass(frozen=True, slots=True)
class Text:
    """A text without markup."""

    name: str
    """Unique among the originals; a copy has its original's."""
    title: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """The paragraphs joined by newlines."""
        return "\n".join(self.paragraphs)

    def with_paragraphs(self, paragraphs: list[str] | tuple[str, ...]) -> Text:
        """The same with other paragraphs; empty ones are left out."""
        return replace(self, paragraphs=tuple(part for part in paragraphs if part.strip()))


def weight(text: str) -> int:
    """How many letters and digits a text has: punctuation and spaces tell nothing.

    >>> weight("重庆, APP 的“样子”。")
    8
    """
    return sum(map(str.isalnum, text))


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; together they are the paragraph.

    >>> sentences("他说：“好。”天亮了！走")
    ['他说：“好。”', '天亮了！', '走']
    """
    return _SENTENCE.findall(paragraph)
