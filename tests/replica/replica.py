"""The replica on one day: what every address answers, what a crawl must find, what has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from tests.replica import pictures
from tests.replica.chance import seal, unseal
from tests.replica.conditions import is_unchanged
from tests.replica.index import Index
from tests.replica.looks import look_at
from tests.replica.markup import render
from tests.replica.records import record_of
from tests.replica.sections import HOST_TITLES, HOSTS, PICTURES
from tests.replica.sheet import Sheet
from tests.replica.stories import Stories
from tests.replica.world import CHINA, DAY_ZERO, Fate, World

_PICTURE_KIND = 3
_HTML = "text/html; charset=utf-8"
_BEGINNING = datetime(2015, 1, 1, tzinfo=CHINA)
_ROBOTS = b"User-agent: *\nDisallow: /special/\n"
_NEIGHBOURS = 5  # other articles that a page links to


def _notice(title: str, text: str) -> bytes:
    head = f'<head><meta charset="utf-8"><title>{title}-国际在线</title></head>'
    body = f'<body><div class="error"><p>{text}</p><p><a href="/">返回首页</a></p></div></body>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN">{head}{body}</html>\n'.encode()


_SOFT = _notice("页面不存在", "您访问的页面不存在，可能已被删除，或者地址有误。")
_LOST = _notice("404", "404")
_SPECIAL = _notice("专题", "这里是一个专题，没有文章。")


class Answer(NamedTuple):
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Change(NamedTuple):
    """What happened to one article between two days."""

    kind: str
    """new, text, caption, chrome, vanished (404), soft (HTTP 200, no article), returned."""
    url: str


class Replica:
    """Answers for all hosts; everything follows from (size, seed, day)."""

    def __init__(self, size: int = 200, seed: int = 1, day: int = 0) -> None:
        self._stand(World(size, seed), day)

    def _stand(self, world: World, day: int) -> None:
        if day < 0:
            raise ValueError(f"day is {day}; the replica begins on day 0")
        self.world = world
        self.day = day
        self.stories = Stories(world)

    def at(self, day: int) -> Replica:
        """The same replica on another day."""
        other = object.__new__(Replica)
        other._stand(self.world, day)
        other.stories = self.stories
        return other

    # --- what there is

    def numbers(self) -> Iterator[int]:
        """Numbers of the articles that stand on this day, oldest first."""
        return (number for number in range(self.world.count(self.day)) if self.fate(number).gone is None)

    def fate(self, number: int) -> Fate:
        """What has befallen an article so far."""
        if not self.world.may_change(number, self.day):
            return Fate()
        captioned = any(shot.caption for shot in self.stories.story(number).shots)
        return self.world.fate(number, self.day, captioned)

    def changes(self) -> list[Change]:
        """All that happened since the day before, oldest article first; nothing on day 0."""
        found = []
        for number in range(self.world.count(self.day)) if self.day else ():
            event = "new" if self.world.birth(number) == self.day else self.fate(number).events.get(self.day)
            if event:
                found.append(Change(event, self.world.url(number)))
        return found

    def expected(self) -> Iterator[dict[str, Any]]:
        """The record of every article that stands today, several pages merged; oldest first."""
        return (self.record(number) for number in self.numbers())

    def record(self, number: int, page: int = 0) -> dict[str, Any]:
        """What an extractor must find in an article, or on one page (1, 2, …) of it."""
        sheet, _ = self._sheet(number, page)
        source = self.world.origin(number)
        return record_of(sheet, self.world.url(number), None if source is None else self.world.url(source))

    def write_expected(self, path: str) -> None:
        """Write `expected()` as JSON Lines."""
        with Path(path).open("w", encoding="utf-8") as file:
            for record in self.expected():
                file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def addresses(self, *, with_pictures: bool = False) -> Iterator[tuple[str, str]]:
        """(host, path) of all that answers 200: robots.txt, home pages, lists, articles with their pages."""
        for host in HOSTS:
            yield host, "/robots.txt"
        for host in HOST_TITLES:
            yield host, "/"
        yield from self.index.pages
        for number in self.numbers():
            story = self.stories.story(number)
            whole = (0,) if self.world.kind(number) == "whole" else ()
            for page in (*range(1, story.pages + 1), *whole):
                host, _, path = self.world.url(number, page).partition("://")[2].partition("/")
                yield host, f"/{path}"
            for shot in story.shots if with_pictures else ():
                yield PICTURES, self._picture_path(shot.key)

    @cached_property
    def index(self) -> Index:
        """The lists of this day."""
        return Index(self.world, self.stories, list(self.numbers()))

    # --- answers

    def respond(
        self, host: str, path: str, if_none_match: str | None = None, if_modified_since: str | None = None
    ) -> Answer:
        """The answer of a host for a path with its query; the request's conditions are taken into account."""
        page = self._page(host.lower().partition(":")[0], path)
        if page is None:
            return Answer(404, {"Content-Type": _HTML}, _LOST)
        kind, changed, body = page
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        headers = {
            "Content-Type": kind,
            "ETag": tag,
            "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        }
        if is_unchanged(tag, changed, if_none_match, if_modified_since):
            return Answer(304, headers, b"")
        return Answer(200, headers, body)

    def _page(self, host: str, path: str) -> tuple[str, datetime, bytes] | None:
        """Content type, time of the last change, body; None for a 404."""
        if host not in HOSTS:
            return None
        if path == "/robots.txt":
            return "text/plain", _BEGINNING, _ROBOTS
        if host == PICTURES:
            picture = self._picture(path)
            return None if picture is None else (picture[0], _BEGINNING, picture[1])
        if path.startswith("/special/"):
            return _HTML, _BEGINNING, _SPECIAL
        place = self.world.place(host, path)
        if place is not None:
            return self._article(place.number, place.page)
        text = self.index.text(host, path)
        return None if text is None else (_HTML, _morning(self.day), text.encode())

    def _picture(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body of what the host of pictures has."""
        if path == "/static/blank.gif":
            return "image/gif", pictures.BLANK
        if path == "/static/qrcode.jpg":
            return "image/jpeg", pictures.draw(self.world.seed, -1)
        if path in ("/static/page.css", "/static/new.css"):
            return "text/css", b"body { color: #222; }\n"
        key = unseal(self.world.seed, _PICTURE_KIND, path.rsplit("/", 1)[-1].removesuffix(".jpg"))
        if key is None or key // 16 >= self.world.count(self.day) or path != self._picture_path(key):
            return None
        shot = next((shot for shot in self.stories.story(key // 16).shots if shot.key == key), None)
        return None if shot is None else ("image/jpeg", pictures.draw(self.world.seed, shot.content))

    def _picture_path(self, key: int) -> str:
        uuid = seal(self.world.seed, _PICTURE_KIND, key)
        return f"/M00/{uuid[:2]}/{uuid[2:4]}/{uuid}.jpg"

    def _article(self, number: int, page: int) -> tuple[str, datetime, bytes] | None:
        if number >= self.world.count(self.day):
            return None
        sheet, fate = self._sheet(number, page)
        if fate.gone == "404" or page > sheet.story.pages or (page == 0 and not sheet.has_whole):
            return None
        changed = _morning(max(fate.events)) if fate.events else sheet.published
        if fate.gone == "soft":
            return _HTML, changed, _SOFT
        # old servers do not name the charset of what they send
        kind = _HTML if sheet.look.charset == "utf-8" else "text/html"
        return kind, changed, render(sheet)

    def _sheet(self, number: int, page: int) -> tuple[Sheet, Fate]:
        """What a page of an article shows today (0: all pages in one), and what has befallen the article."""
        world = self.world
        fate = self.fate(number)
        story = self.stories.story(number, fate.text, fate.caption)
        # the look was drawn when the article appeared
        look = look_at(world, number, self.stories.story(number) if fate.events else story)
        leaves = story.leaves
        parts = leaves[page - 1] if 0 < page <= story.pages else story.parts
        neighbours = range(max(0, number - _NEIGHBOURS), number)
        reprint = None if story.reprint_of is None else "exact" if world.is_exact(number) else "lead"
        sheet = Sheet(
            story=story,
            look=look,
            section=world.section(number),
            kind=world.kind(number),
            reprint=reprint,
            published=world.published(number),
            parts=parts,
            pictures={shot.key: f"//{PICTURES}{self._picture_path(shot.key)}" for shot in story.shots},
            name=world.url(number).rsplit("/", 1)[-1].rsplit(".", 1)[0],
            page=page,
            chrome=fate.chrome,
            links=tuple((world.url(other), self.stories.title(other)) for other in neighbours),
            rare=world.rare(number) if look.charset == "gb" and page <= 1 else None,
        )
        return sheet, fate


def _morning(day: int) -> datetime:
    """When a day's changes are made."""
    return datetime.combine(DAY_ZERO, datetime.min.time(), CHINA) + timedelta(day, hours=23, minutes=30)
