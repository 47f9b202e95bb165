"""Ctrl-C that waits for a moment: until a line is written whole, or a batch is stored."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupts:
    """While entered, SIGINT waits as long as `held`; a second one does not.

    What is ignored already, as of a job in the background, stays so.
    """

    def __init__(self) -> None:
        self.held = False
        self.waiting = False
        """True when one came meanwhile."""
        self.forced = False
        """True when what was held was cut off by a second one."""
        self._usual: Any = None

    def __enter__(self) -> Interrupts:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._usual = signal.signal(signal.SIGINT, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)

    def release(self) -> None:
        """Hold no longer; KeyboardInterrupt when one waits."""
        self.held = False
        if self.waiting:
            self.waiting = False
            raise KeyboardInterrupt

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold during a block; KeyboardInterrupt at its end when one came."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
        self.release()

    def _came(self, *_: object) -> None:
        if self.held and not self.waiting:
            self.waiting = True
            return
        self.forced = self.held
        raise KeyboardInterrupt
