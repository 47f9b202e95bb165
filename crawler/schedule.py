"""When which portal is crawled: cron expressions of a TOML file, else of the declarations. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter

from crawler.arguments import Unknown, WrongUsage, parse_arguments
from crawler.portals import Portal
from crawler.portals.registry import portal_by_name, portal_names

FILE = "schedule.toml"
ZONE = "Asia/Shanghai"
_ARGUMENTS = ("channel", "since", "until", "limit", "url", "revisit")
_EVERY = "{minute} */2 * * *"  # of a portal that declares nothing: every two hours


class ScheduleError(ValueError):
    """A schedule that cannot be understood: the message names file, entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the schedule."""

    portal: str
    cron: str
    """Five fields: minute, hour, day of month, month, day of week."""
    arguments: dict[str, str] = field(default_factory=dict)
    """As `-a` takes them."""
    zone: str = ZONE

    @property
    def name(self) -> str:
        """What tells it from other entries.

        >>> Entry("cri", "0 * * * *", {"channel": "china"}).name
        'cri channel=china'
        """
        return " ".join([self.portal, *(f"{key}={value}" for key, value in sorted(self.arguments.items()))])

    def following(self, moment: datetime) -> datetime:
        """The first time after `moment` at which it is due; aware, in its zone."""
        start = moment.astimezone(ZoneInfo(self.zone))
        found: datetime = croniter(self.cron, start).get_next(datetime)
        return found


def declared_schedule() -> list[Entry]:
    """Every declared portal by its own cron expressions, its channels' where they have some."""
    entries = []
    for name in portal_names():
        portal = portal_by_name(name)
        assert portal is not None
        if portal.channels:
            entries.append(Entry(name, portal.cron or default_cron(name)))
        entries += [
            Entry(name, channel.cron, {"channel": channel.name})
            for channel in portal.channels
            if channel.cron
        ]
    return entries


def default_cron(name: str) -> str:
    """Every two hours, at a minute of the portal's own, so that not all begin at once.

    >>> default_cron("cri")
    '31 */2 * * *'
    """
    return _EVERY.format(minute=crc32(name.encode()) % 60)


def read_schedule(path: Path) -> list[Entry]:
    """The entries of a TOML file. Raises ScheduleError, also when it cannot be read."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScheduleError(f"{path}: {error}") from error
    if unknown := set(data) - {"run", "timezone"}:
        raise ScheduleError(f"{path}: unknown {', '.join(sorted(unknown))}; it takes timezone and [[run]]")
    zone = data.get("timezone", ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise ScheduleError(f"{path}: timezone {zone!r} is not known, e.g. {ZONE}") from None
    runs = data.get("run")
    if not isinstance(runs, list) or not runs:
        raise ScheduleError(f"{path}: no [[run]] in it")
    entries = [_entry(path, number, run, zone) for number, run in enumerate(runs, 1)]
    names = [entry.name for entry in entries]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise ScheduleError(f"{path}: two runs are the same: {double}")
    return entries


def _entry(path: Path, number: int, run: Any, zone: str) -> Entry:
    place = f"{path}, run {number}"
    if not isinstance(run, dict):
        raise ScheduleError(f"{place}: not a table; write [[run]]")
    if unknown := set(run) - {"portal", "cron", *_ARGUMENTS}:
        raise ScheduleError(f"{place}: unknown {', '.join(sorted(unknown))}")
    portal = portal_by_name(str(run.get("portal")))
    if portal is None:
        known = ", ".join(portal_names())
        raise ScheduleError(f"{place}: portal {run.get('portal')!r} is not known; known: {known}")
    cron = str(run.get("cron") or portal.cron or default_cron(portal.name))
    if len(cron.split()) != 5 or not croniter.is_valid(cron):
        raise ScheduleError(f"{place}: cron {cron!r} is not minute, hour, day, month, weekday")
    arguments = {name: str(run[name]) for name in _ARGUMENTS if name in run}
    return Entry(portal.name, cron, _checked(place, portal, arguments), zone)


def _checked(place: str, portal: Portal, arguments: dict[str, str]) -> dict[str, str]:
    try:
        parse_arguments(portal, **arguments)
    except (WrongUsage, Unknown) as error:
        raise ScheduleError(f"{place}: {error}") from error
    return arguments
