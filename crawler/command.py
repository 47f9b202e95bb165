"""What commands that ask the database share: its opening, their errors and exit codes, their filters."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.output import say

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.queries import Filters


# what writing a line raises when its disk is full or broken; opening a file would name the file
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class CommandError(Exception):
    """The command could not do its job: the message goes to stderr, the exit code is 1."""


class Command(ScrapyCommand):
    """A command of the project without a crawl; a subclass parses, asks storage, and prints."""

    requires_project = True
    requires_crawler_process = False

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do the job. CommandError, DatabaseError and QueryError end it with exit code 1 or 2."""
        raise NotImplementedError

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.engine import DatabaseError
        from storage.query import QueryError

        if unknown := [arg for arg in args if arg.startswith("-") and arg != "-"]:
            # Scrapy hands them on as if they were words
            raise UsageError(f"unknown option {unknown[0]}; see --help", print_help=False)
        try:
            self.execute(args, opts)
            sys.stdout.flush()
        except QueryError as error:
            raise UsageError(str(error), print_help=False) from None
        except (CommandError, DatabaseError) as error:
            say(f"scrapy {type(self).__module__.rpartition('.')[2]}: {error}")
            self.exitcode = 1
        except BrokenPipeError:
            _drop_stdout()  # whoever read has enough, e.g. head: nothing more to say
        except OSError as error:
            if error.errno not in _FULL or error.filename is not None:
                raise
            say(f"scrapy {type(self).__module__.rpartition('.')[2]}: cannot write: {error.strerror}")
            self.exitcode = 1
            _drop_stdout()
        except KeyboardInterrupt:
            self.exitcode = 130

    @property
    def database_url(self) -> str:
        from crawler.store import database_url

        assert self.settings is not None
        return database_url(self.settings)

    @contextmanager
    def database(self, *, create: bool = False) -> Iterator[Database]:
        """The open database; a SQLite file that is not there is an error unless it may be created."""
        from sqlalchemy import make_url

        from storage.engine import open_database

        url = self.database_url
        parsed = make_url(url)
        if not create and parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
            raise CommandError(
                f"no database at {parsed.database}: crawl first, e.g. scrapy crawl cri -a limit=20, "
                "or name another with -s DATABASE_URL=…"
            )
        opened = open_database(url)
        try:
            yield opened
        finally:
            opened.close()


def _drop_stdout() -> None:
    """Have what was not written forgotten; the interpreter would try again at its end, and fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def add_filters(parser: argparse.ArgumentParser) -> None:
    """The options that narrow down articles."""
    group = parser.add_argument_group("Filters")
    group.add_argument("--portal", metavar="NAME", type=name, help="only this portal's, e.g. cri")
    group.add_argument(
        "--channel",
        metavar="NAME",
        type=name,
        help="only this channel's: a breadcrumb (民生, 重庆频道/民生) or a name (cq)",
    )
    group.add_argument("--source", metavar="NAME", type=name, help="only those whose source (来源) is this")
    group.add_argument("--since", metavar="DAY", type=day, help="published on or after YYYY-MM-DD")
    group.add_argument("--until", metavar="DAY", type=day, help="published on or before YYYY-MM-DD")
    group.add_argument("--story", metavar="ID", type=positive, help="only this story's: see scrapy stories")
    for option, what in (
        ("--pictures", "with pictures"),
        ("--changed", "whose text, title or captions were changed later"),
        ("--gone", "that their portal no longer has"),
    ):
        group.add_argument(
            option, action=argparse.BooleanOptionalAction, help=f"only those {what}, or only others"
        )


def filters(opts: argparse.Namespace) -> Filters:
    """The filters that add_filters() read."""
    from storage.queries import Filters

    return Filters(
        portal=opts.portal,
        channel=opts.channel,
        source=opts.source,
        since=opts.since,
        until=opts.until,
        story=opts.story,
        pictures=opts.pictures,
        changed=opts.changed,
        gone=opts.gone,
    )


def name(text: str) -> str:
    """An option's text; argparse.ArgumentTypeError when the terminal's encoding was not ours."""
    from storage.rows import fits

    if not fits(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8 text")
    return text


def day(text: str) -> date:
    """An option's date; argparse.ArgumentTypeError for anything but YYYY-MM-DD."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it as YYYY-MM-DD, e.g. 2026-01-31")
    return found


def positive(text: str) -> int:
    """An option's whole number from 1 up."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def from_zero(text: str) -> int:
    """An option's whole number from 0 up."""
    if not (text.isascii() and text.isdigit() and int(text) < 1_000_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return int(text)
