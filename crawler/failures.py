"""What can become of a request that gave nothing: a reason to count, a message for people, a ledger state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawler.middlewares.guard import RefusedAddress
from crawler.middlewares.offsite import OutsidePortal
from crawler.middlewares.pace import HostPaused
from crawler.middlewares.robots import ForbiddenByRobots, RobotsUnreachable

if TYPE_CHECKING:
    from storage.pages import State

TRIES = 5  # runs that may fail on a page for a passing reason before it counts as failed
_GONE = frozenset({404, 410})
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 521, 522, 523, 524})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page gave nothing."""

    reason: str
    """Short key for statistics and ledger."""
    message: str
    """What, where, and what to do."""
    state: State = "failed"
    """Ledger state that it leads to."""
    status: int | None = None
    passing: bool = False
    """It may be gone by the next run: overload, network trouble."""
    paused: bool = False
    """It was not asked for, because its host is left alone for now."""
    unread: bool = False
    """The page came and the rules of this version could not read it: newer ones may."""

    @classmethod
    def of_status(cls, status: int, url: str) -> Failure:
        """The failure that an HTTP status means."""
        reason = f"http_{status}"
        if status in _GONE:
            return cls(reason, f"{url}: gone (HTTP {status})", state="gone", status=status)
        if status in _PASSING_STATUS:
            message = f"{url}: HTTP {status}; the next run tries again"
            return cls(reason, message, status=status, passing=True)
        return cls(reason, f"{url}: HTTP {status}; is it forbidden to robots?", status=status)


def why(error: BaseException | None, url: str) -> Failure:
    """The failure that an exception of the downloader or a middleware means."""
    match error:
        case RefusedAddress():
            return Failure("refused_address", str(error), state="dropped")
        case OutsidePortal():
            return Failure("outside", str(error), state="dropped")
        case ForbiddenByRobots():
            return Failure("robots", str(error), state="dropped")
        case RobotsUnreachable(challenge=None):
            return Failure("robots_unreachable", str(error), passing=True)
        case RobotsUnreachable():
            return Failure("challenge", str(error), state="blocked")
        case HostPaused():
            return Failure("host_paused", str(error), state="discovered", passing=True, paused=True)
        case IgnoreRequest():
            return Failure("ignored", f"{url}: not fetched: {error}", state="dropped")
        case DownloadTimeoutError():
            return Failure("timeout", f"{url}: no answer in time; the next run tries again", passing=True)
        case DownloadConnectionRefusedError():
            message = f"{url}: the server refuses the connection; is the host up? The next run tries again"
            return Failure("connection_refused", message, passing=True)
        case CannotResolveHostError():
            message = f"{url}: the host's name is not known; check the name and the network"
            return Failure("dns", message, passing=True)
        case ResponseDataLossError():
            message = f"{url}: the answer was cut short; the next run tries again"
            return Failure("truncated", message, passing=True)
        case DownloadCancelledError():
            return Failure("too_large", f"{url}: larger than DOWNLOAD_MAXSIZE allows ({error})")
        case DownloadFailedError():
            message = f"{url}: the download failed: {error}; the next run tries again"
            return Failure("download", message, passing=True)
    return Failure("error", f"{url}: {type(error).__name__}: {error}", passing=True)
