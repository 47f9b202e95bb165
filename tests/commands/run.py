"""Runs a scrapy command in this process, as its own process would end."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@contextmanager
def captured(stdin: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", newline="")  # as Python's own
    given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    with patch.multiple(sys, stdout=out, stderr=err, stdin=given):
        yield out, err


def scrapy(*arguments: str, database: str | None = None, stdin: bytes = b"") -> Done:
    """Run `scrapy ARGUMENTS` with a database; what it printed and its exit code."""
    settings = ["-s", f"DATABASE_URL={database}"] if database else []
    here = Path.cwd()
    with captured(stdin) as (out, err):
        try:
            os.chdir(ROOT)
            execute(["scrapy", *arguments, *settings], get_project_settings())
        except SystemExit as end:
            code = end.code
        finally:
            os.chdir(here)
            out.flush()
            err.flush()
        printed = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return Done(code if isinstance(code, int) else 0 if code is None else 1, *printed)
