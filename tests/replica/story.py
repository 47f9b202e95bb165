"""What an article says, without markup: headline, paragraphs, pictures, people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of an article."""

    key: int
    """Names the picture's URL."""
    content: int
    """Names its pixels; a reprint's picture has its original's."""
    caption: str | None
    credit: str | None
    """Bare names joined by 、."""
    credit_raw: str | None
    """The credit phrase without surrounding brackets."""
    line: str | None
    """Caption and credit as the page has them in one line."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads the paragraphs below it."""

    text: str


Part = str | Shot | Heading
"""A paragraph is a plain string."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who had a hand in an article, as far as its page names them."""

    source: str | None
    source_url: str | None
    editor: tuple[str, ...]
    duty_editor: tuple[str, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """An article at one time of its life."""

    title: str
    parts: tuple[Part, ...]
    signers: Signers
    pages: int = 1
    reprint_of: int | None = None
    """Number of the article that it repeats."""

    @property
    def shots(self) -> list[Shot]:
        return [part for part in self.parts if isinstance(part, Shot)]

    @property
    def leaves(self) -> list[tuple[Part, ...]]:
        """The parts on each page."""
        if self.pages == 1:
            return [self.parts]
        step = -(-len(self.parts) // self.pages)
        cuts = [0]
        for page in range(1, self.pages):
            cut = page * step
            # a heading stays with the text below it
            cuts.append(cut - 1 if isinstance(self.parts[cut - 1], Heading) else cut)
        cuts.append(len(self.parts))
        return [self.parts[start:end] for start, end in pairwise(cuts)]
