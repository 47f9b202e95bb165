"""How much there is of everything."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from storage.models import ARTICLE, ARTICLE_IMAGE, PAGE, REVISION, RUN, STORY


def totals(conn: Connection) -> dict[str, int | str | None]:
    """How much there is of everything, and the days it spans."""
    count = func.count()

    def number(statement: Any) -> int:
        return conn.scalar(statement) or 0

    use = ARTICLE_IMAGE.c
    first, last = conn.execute(
        select(func.min(ARTICLE.c.published_day), func.max(ARTICLE.c.published_day))
    ).one()
    return {
        "articles": number(select(count).select_from(ARTICLE)),
        "portals": number(select(func.count(ARTICLE.c.portal.distinct()))),
        "pictures": number(select(count).select_from(ARTICLE_IMAGE)),
        "captions": number(select(count).select_from(ARTICLE_IMAGE).where(use.caption.is_not(None))),
        "credits": number(select(count).select_from(ARTICLE_IMAGE).where(use.credit.is_not(None))),
        "stories": number(select(count).select_from(STORY).where(STORY.c.size > 1)),
        "revisions": number(select(count).select_from(REVISION)),
        "pages": number(select(count).select_from(PAGE)),
        "runs": number(select(count).select_from(RUN)),
        "first_day": first,
        "last_day": last,
    }
