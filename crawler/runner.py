"""Starts a crawl as a process of its own: each has a fresh reactor, and a crash costs only itself."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence

_PR_SET_PDEATHSIG = 1


def crawl_command(portal: str, arguments: Mapping[str, str], settings: Sequence[str]) -> list[str]:
    """The command line of a crawl; `settings` as NAME=VALUE."""
    command = [sys.executable, "-m", "scrapy", "crawl", portal]
    for name, value in arguments.items():
        command += ["-a", f"{name}={value}"]
    for setting in settings:
        command += ["-s", setting]
    return command


def die_with_parent() -> None:
    """For a child process: end when the parent dies, however it dies (Linux; elsewhere the lock protects)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(1)  # it died before the call
