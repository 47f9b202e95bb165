"""Visits to pages whose article is stored: when they are due, and what a visit found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from storage import index
from storage.models import ABSENCE, ARTICLE, PAGE
from storage.records import chunks
from storage.rows import storable

DOUBTED = timedelta(days=7)  # a disappearance that looked like an outage is believed after this time


def next_visit(since: datetime, now: datetime, rhythm: Sequence[float]) -> datetime | None:
    """When a page is due next: the first step of the rhythm that lies ahead; None when there is none.

    `rhythm` is in seconds, counted from `since`.

    >>> start = datetime(2026, 1, 1, tzinfo=UTC)
    >>> next_visit(start, start + timedelta(hours=2), [3600, 86400])
    datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """
    steps = (since + timedelta(seconds=step) for step in sorted(rhythm))
    return next((step for step in steps if step > now), None)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A stored article was visited and its page is what it was. Returns True when it had been gone."""

    page_id: int
    run_id: int | None
    rhythm: tuple[float, ...]
    status: int | None = None

    def apply(self, conn: Connection) -> bool:
        now = datetime.now(UTC)
        article = conn.execute(_article_of(self.page_id)).one()
        values: dict[str, Any] = {
            "state": "stored",
            "reason": None,
            "attempts": PAGE.c.attempts + 1,
            "last_fetch_at": now,
            "last_status": self.status,
            "missing_since": None,
            "not_before": next_visit(article.stored_at, now, self.rhythm),
            "run_id": self.run_id,
        }
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(values))
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == article.id).values(checked_at=now, gone_at=None))
        if article.gone_at is not None:
            index.renew(conn, [article.id])
        return bool(end_absences(conn, [article.id], self.run_id, now))


@dataclass(frozen=True, slots=True)
class Missing:
    """A stored article was visited and is not there any more.

    The first visit only notes it (`missed`); one that comes at least `confirm` later makes it `gone`, dated
    and kept; later ones leave it so (`still_gone`). Without `believe`, because too much vanished at once, it
    stays `missed` for DOUBTED.
    """

    page_id: int
    run_id: int | None
    reason: str
    """http_404, http_410, redirect_home or soft_404."""
    status: int | None
    rhythm: tuple[float, ...]
    confirm: float
    """Seconds."""
    believe: bool = True

    def apply(self, conn: Connection) -> Literal["missed", "gone", "still_gone"]:
        now = datetime.now(UTC)
        page = conn.execute(select(PAGE).where(PAGE.c.id == self.page_id)).one()
        article = conn.execute(_article_of(self.page_id)).one()
        values: dict[str, Any] = {
            "reason": storable(self.reason),
            "attempts": PAGE.c.attempts + 1,
            "last_fetch_at": now,
            "last_status": self.status,
            "run_id": self.run_id,
        }
        outcome: Literal["missed", "gone", "still_gone"]
        missed_at = page.missing_since or now
        waited = now - missed_at
        if article.gone_at is not None:
            outcome = "still_gone"
            values |= {"state": "gone", "not_before": next_visit(article.gone_at, now, self.rhythm)}
        elif page.missing_since is None or waited < self._patience():
            outcome = "missed"
            values |= {
                "missing_since": missed_at,
                "not_before": now + timedelta(seconds=self.confirm),
            }
        else:
            outcome = "gone"
            values |= {
                "state": "gone",
                "missing_since": None,
                "not_before": next_visit(now, now, self.rhythm),
            }
            conn.execute(update(ARTICLE).where(ARTICLE.c.id == article.id).values(gone_at=now))
            index.renew(conn, [article.id])
            absence = {
                "article_id": article.id,
                "missed_at": missed_at,
                "gone_at": now,
                "reason": storable(self.reason),
                "run_id": self.run_id,
            }
            conn.execute(insert(ABSENCE).values(absence))
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(values))
        return outcome

    def _patience(self) -> timedelta:
        confirm = timedelta(seconds=self.confirm)
        return confirm if self.believe else max(confirm, DOUBTED)


@dataclass(frozen=True, slots=True)
class PutOff:
    """A stored article could not be visited or read this time: it stays as it is, due with the next step."""

    page_id: int
    run_id: int | None
    reason: str
    status: int | None
    rhythm: tuple[float, ...]
    stays_due: bool = False
    """For the next run: the trouble was a passing one."""

    def apply(self, conn: Connection) -> None:
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "reason": storable(self.reason),
            "attempts": PAGE.c.attempts + 1,
            "last_fetch_at": now,
            "last_status": self.status,
            "run_id": self.run_id,
        }
        if not self.stays_due:
            article = conn.execute(_article_of(self.page_id)).one()
            values["not_before"] = next_visit(article.gone_at or article.stored_at, now, self.rhythm)
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(values))


def end_absences(
    conn: Connection, article_ids: Collection[int], run_id: int | None, now: datetime
) -> set[int]:
    """Note that articles are there again; the ids of those that had been gone."""
    back: set[int] = set()
    for chunk in chunks(article_ids):
        open_ones = (ABSENCE.c.article_id.in_(chunk), ABSENCE.c.returned_at.is_(None))
        back.update(conn.scalars(select(ABSENCE.c.article_id).where(*open_ones)))
    if back:
        for chunk in chunks(back):
            values = {"returned_at": now, "returned_run_id": run_id}
            where = (ABSENCE.c.article_id.in_(chunk), ABSENCE.c.returned_at.is_(None))
            conn.execute(update(ABSENCE).where(*where).values(values))
    return back


def _article_of(page_id: int) -> Any:
    columns = (ARTICLE.c.id, ARTICLE.c.stored_at, ARTICLE.c.gone_at)
    return select(*columns).join(PAGE, PAGE.c.article_id == ARTICLE.c.id).where(PAGE.c.id == page_id)
