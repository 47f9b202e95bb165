"""What one page of an article is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.replica.looks import Look
from tests.replica.sections import Section
from tests.replica.story import Part, Story
from tests.replica.world import Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one page shows; `parts` are those of this page only."""

    story: Story
    look: Look
    section: Section
    kind: Kind
    reprint: str | None
    """exact or lead: how the article repeats another."""
    published: datetime
    parts: tuple[Part, ...]
    pictures: dict[int, str]
    """Protocol-relative URL by a shot's key."""
    name: str
    """Last part of the article's URL, without its ending."""
    page: int
    """0 for the one-page version."""
    chrome: int
    """How often the page around the article was changed."""
    links: tuple[tuple[str, str], ...]
    """(href, headline) of other articles."""
    rare: str | None
    """Text that only gb18030 can write; it follows the first paragraph."""

    @property
    def last(self) -> bool:
        return self.page in (0, self.story.pages)

    @property
    def has_whole(self) -> bool:
        """There is a one-page version, which the body's pageData names."""
        return self.kind == "whole"
