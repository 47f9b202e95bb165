"""Conditional requests: whether what a client has is still what there is."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def is_unchanged(
    tag: str, changed: datetime, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Whether a conditional request is answered by 304; the tag outranks the time."""
    if if_none_match is not None:
        tags = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
        return "*" in tags or tag in tags
    if if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:  # an unreadable date makes the request a plain one
        return False
    return changed.replace(microsecond=0) <= (since if since.tzinfo else since.replace(tzinfo=UTC))
