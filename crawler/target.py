"""Where a command writes: stdout, a file that takes its name when it is complete, or what stands there."""

from __future__ import annotations

import io
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from crawler.command import CommandError

_BUFFER = 1 << 20  # bytes
_STDOUT = ("-", "/dev/stdout")
_SYSTEM = ("/dev/", "/proc/")  # what seems a file there is another's, such as /dev/fd/3


def is_stdout(name: str) -> bool:
    return name in _STDOUT


@contextmanager
def target(name: str) -> Iterator[IO[bytes]]:
    """The open file of a name; CommandError when it cannot be written.

    A file is replaced only when the new one is complete; a link stays one, and the file keeps its mode.
    Into a pipe or a device is written as it stands there.
    """
    if is_stdout(name):
        if isinstance(sys.stdout.buffer, io.RawIOBase):
            # under PYTHONUNBUFFERED each write may be cut by a signal, and costs a call of the system
            with open(os.dup(sys.stdout.fileno()), "wb", buffering=_BUFFER) as file:  # noqa: PTH123 - has no path
                yield file
            return
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    if path.is_dir():
        raise CommandError(f"{path} is a folder; give the name of a file in it")
    try:
        mode = _mode(path)
        if name.startswith(_SYSTEM) or (mode is not None and not stat.S_ISREG(mode)):
            with path.open("wb", buffering=_BUFFER) as file:
                yield file
        else:
            with _replaced(path.resolve(), mode) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error


def _mode(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        return path.stat().st_mode
    return None


@contextmanager
def _replaced(path: Path, mode: int | None) -> Iterator[IO[bytes]]:
    # a name of its own: two that write the same file do not write into each other's
    part = path.with_name(f"{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb", buffering=_BUFFER) as file:
            if mode is not None:
                part.chmod(stat.S_IMODE(mode))
            yield file
        part.replace(path)
    finally:
        with suppress(OSError):  # it has its name, or could not be made
            part.unlink()
