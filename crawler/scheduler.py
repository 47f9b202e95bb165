"""One process that starts each run when it is due: the schedule on SQLite."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType

from crawler.runner import crawl_command, die_with_parent
from crawler.schedule import Entry

logger = logging.getLogger(__name__)
_TICK = 0.5  # seconds


class Scheduler:
    """Starts due runs as processes, at most `jobs` at once and one of a portal at a time."""

    def __init__(self, entries: Sequence[Entry], settings: Sequence[str], jobs: int) -> None:
        self.entries = list(entries)
        self.failed = 0
        self._settings = list(settings)
        self._jobs = jobs
        self._going: dict[str, subprocess.Popen[bytes]] = {}
        """By portal."""
        self._stopping = False

    def once(self) -> int:
        """Run every entry now, in order; how many failed."""
        waiting = list(self.entries)
        with _Signals(self):
            while (waiting and not self._stopping) or self._going:
                free = [entry for entry in waiting if entry.portal not in self._going]
                if free and len(self._going) < self._jobs and not self._stopping:
                    waiting.remove(free[0])
                    self._start(free[0])
                    continue
                self._reap()
                time.sleep(_TICK)
        return self.failed

    def forever(self) -> int:
        """Run each entry when it is due, until a signal; then wait for the runs under way."""
        now = datetime.now(UTC)
        due = {entry: entry.following(now) for entry in map(_Key, self.entries)}
        waiting: list[Entry] = []
        with _Signals(self):
            while not self._stopping or self._going:
                now = datetime.now(UTC)
                for key, moment in due.items():
                    if moment <= now and not self._stopping:
                        due[key] = key.entry.following(now)
                        waiting.append(key.entry)
                waiting = [] if self._stopping else self._begin(waiting)
                self._reap()
                time.sleep(_TICK)
        return self.failed

    def stop(self) -> None:
        """Begin nothing more and ask what goes to end."""
        self._stopping = True
        for process in self._going.values():
            process.send_signal(signal.SIGINT)

    def _begin(self, waiting: list[Entry]) -> list[Entry]:
        """Start what may start; what must wait for a free place."""
        later = []
        for entry in waiting:
            if entry.portal in self._going:
                logger.warning("%s is due, but a run of %s goes on: left out", entry.name, entry.portal)
            elif len(self._going) >= self._jobs:
                later.append(entry)
            else:
                self._start(entry)
        return later

    def _start(self, entry: Entry) -> None:
        logger.info("%s: starting", entry.name)
        command = crawl_command(entry.portal, entry.arguments, self._settings)
        # a terminal's Ctrl-C is for us: we pass it on once
        self._going[entry.portal] = subprocess.Popen(
            command,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def _reap(self) -> None:
        for portal, process in list(self._going.items()):
            code = process.poll()
            if code is None:
                continue
            del self._going[portal]
            self.failed += code != 0
            logger.log(logging.INFO if code == 0 else logging.ERROR, "%s: ended with %d", portal, code)


class _Key:
    """An entry by its identity: its arguments are a dict."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def following(self, moment: datetime) -> datetime:
        return self.entry.following(moment)


class _Signals:
    """SIGINT and SIGTERM stop a scheduler, for the time of a `with` block."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        logger.info("stopping: waiting for %d runs", len(self._scheduler._going))
        self._scheduler.stop()
