"""What can become of a request that gave nothing: a reason to count, a message for people, a ledger state."""

from __future__ import annotations

from dataclasses import dataclass

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

_GONE = frozenset({404, 410})
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 521, 522, 523, 524})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page gave nothing."""

    reason: str
    """Short key for statistics and ledger."""
    message: str
    """What, where, and what to do."""
    state: str = "failed"
    """Ledger state that it leads to."""
    status: int | None = None
    passing: bool = False
    """It may be gone by the next run: overload, network trouble."""

    @classmethod
    def of_status(cls, status: int, url: str) -> Failure:
        """The failure that an HTTP status means."""
        if status in _GONE:
            return cls(f"http_{status}", f"{url}: gone (HTTP {status})", state="gone", status=status)
        if status in _PASSING_STATUS:
            return cls(
                f"http_{status}",
                f"{url}: HTTP {status}; the next run tries again",
                status=status,
                passing=True,
            )
        return cls(f"http_{status}", f"{url}: HTTP {status}; is it forbidden to robots?", status=status)


def why(error: BaseException, url: str) -> Failure:
    """The failure that an exception of the downloader or a middleware means."""
    if isinstance(error, RefusedAddress):
        return Failure("refused_address", str(error), state="dropped")
    if isinstance(error, OutsidePortal):
        return Failure("outside", str(error), state="dropped")
    if isinstance(error, IgnoreRequest):
        text = str(error) or type(error).__name__
        reason = "robots" if "robots" in text.lower() else "ignored"
        return Failure(reason, f"{url}: not fetched: {text}", state="dropped")
    if isinstance(error, DownloadTimeoutError):
        return Failure("timeout", f"{url}: no answer in time; the next run tries again", passing=True)
    if isinstance(error, DownloadConnectionRefusedError):
        return Failure(
            "connection_refused", f"{url}: the server refuses the connection; is the host up?", passing=True
        )
    if isinstance(error, CannotResolveHostError):
        return Failure(
            "dns", f"{url}: the host's name is not known; check the name and the network", passing=True
        )
    if isinstance(error, ResponseDataLossError):
        return Failure(
            "truncated", f"{url}: the answer was cut short; the next run tries again", passing=True
        )
    if isinstance(error, DownloadCancelledError):
        return Failure("too_large", f"{url}: larger than DOWNLOAD_MAXSIZE allows ({error})")
    if isinstance(error, DownloadFailedError):
        return Failure(
            "download", f"{url}: the download failed: {error}; the next run tries again", passing=True
        )
    return Failure("error", f"{url}: {type(error).__name__}: {error}", passing=True)
