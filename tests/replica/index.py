"""The lists of one day: which articles stand on which page of which list."""

from __future__ import annotations

from functools import cached_property

from tests.replica import lists
from tests.replica.sections import HOST_TITLES, SECTIONS, Section
from tests.replica.stories import Stories
from tests.replica.world import World


class Index:
    """All list pages, fragments and home pages, made of the numbers of the day's articles."""

    def __init__(self, world: World, stories: Stories, numbers: list[int]) -> None:
        self.world = world
        self.stories = stories
        self._numbers: dict[str, list[int]] = {section.key: [] for section in SECTIONS}
        for number in reversed(numbers):
            home = world.section(number)
            self._numbers[home.key].append(number)
            if world.is_rolled(number):
                self._numbers["roll"].append(number)

    def page_count(self, section: Section) -> int:
        """Pages of a section's list; an empty list still has its first."""
        return max(1, -(-len(self._numbers[section.key]) // lists.PER_PAGE))

    def urls(self, section: Section) -> list[str]:
        """Addresses of a section's articles, newest first."""
        return [self.world.url(number) for number in self._numbers[section.key]]

    @cached_property
    def pages(self) -> dict[tuple[str, str], tuple[Section, int]]:
        """Section and page by (host, path); of fragments there is one past the end."""
        found = {}
        for section in SECTIONS:
            fragments = section.paging == "inc"
            found[section.host, section.path] = section, 1
            for page in range(2, self.page_count(section) + 1 + fragments):
                found[section.host, lists.page_path(section, page, self.world.list_uuid(section))] = (
                    section,
                    page,
                )
        return found

    def text(self, host: str, path: str) -> str | None:
        """The page at an address; None where there is no list."""
        if path in ("/", "/index.html") and host in HOST_TITLES:
            newest = {
                section.key: self._entries(section, 1)[:6] for section in SECTIONS if section.host == host
            }
            return lists.home_page(host, newest)
        found = self.pages.get((host, path)) or self.pages.get((host, path.rstrip("/")))
        if found is None:
            return None
        section, page = found
        entries = self._entries(section, page)
        if path.endswith(".inc"):
            return lists.fragment(section, entries)
        uuid = self.world.list_uuid(section)
        return lists.list_page(section, page, self.page_count(section), entries, uuid)

    def _entries(self, section: Section, page: int) -> list[lists.Entry]:
        first = (page - 1) * lists.PER_PAGE
        return [
            lists.Entry(self.world.url(number), self.stories.title(number), self.world.published(number))
            for number in self._numbers[section.key][first : first + lists.PER_PAGE]
        ]
