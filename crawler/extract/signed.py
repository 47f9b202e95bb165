"""When an article was published and by whom, from all places of a page that say so. Pure.

What a reader sees comes first, what the page says of itself (metadata, hidden fields) second.
"""

from __future__ import annotations

import re

from crawler.extract import head, vicinity
from crawler.extract.blocks import Piece
from crawler.extract.body import Body
from crawler.extract.byline import BREAK, Byline, parse_byline, reporters
from crawler.extract.dates import Moment, parse_moment, url_day
from crawler.extract.metadata import Metadata

_TIME_META = (
    "article:published_time", "og:article:published_time", "apub:time", "publishdate", "pubdate", "publish_date",
    "datepublished", "og:release_date", "og:published_time", "weibo:article:create_at", "weibo: article:create_at",
    "og:time", "dc.date", "date", "artpublishdate", "firstpublishtime", "pubtime",
)  # fmt: skip
_SOURCE_META = ("mediaid", "source", "og:article:source", "copyright_source")
_DATE_LABEL = re.compile(r"(?:发布|发表|刊发|更新|时间|日期|發布|時間)")


def published(
    said: Metadata, hidden: dict[str, str], above: list[Piece], rest: list[Piece], url: str
) -> Moment | None:
    """The visible time near the headline, then the page's own word for it, then the day in the URL."""
    moment = vicinity.published(above, 0)
    if moment is None:
        # year, day and hour may stand in boxes of their own
        moment = parse_moment(" ".join(piece.text for piece in above if len(piece.text) <= 16))
    own = parse_moment(hidden.get("pubtime") or said(*_TIME_META) or said.linked("datePublished"))
    if moment is None or ("T" not in moment.iso and own is not None and own.iso[:10] == moment.iso):
        moment = own or moment
    if moment is not None:
        return moment
    for piece in (*rest[:3], *rest[-12:]):
        found = parse_moment(piece.text) if piece.kind == "text" and len(piece.text) <= 60 else None
        if found and (_DATE_LABEL.search(piece.text) or len(piece.text) - len(found.raw) <= 12):
            return found
    day = url_day(url)
    return Moment(day, day) if day else None


def byline_of(
    said: Metadata, hidden: dict[str, str], above: list[Piece], body: Body, below: list[Piece]
) -> Byline:
    """Who published, wrote and edited it: lines under the headline, the body's own, those below, metadata."""
    found = parse_byline(BREAK.join(piece.broken() for piece in above))
    # a reprint keeps the editors of the paper it comes from: the portal's own stand last
    own = parse_byline(BREAK.join(piece.broken() for piece in below))
    for said_last in (own, *map(parse_byline, reversed(body.byline.split(BREAK)))):
        found.fill(Byline(editors=said_last.editors, duty_editors=said_last.duty_editors))
    found.fill(parse_byline(body.byline))
    found.fill(own)
    slot = vicinity.slot(above)
    found.fill(slot)
    found.authors = found.authors or body.authors or reporters_of(above, body)
    said_editor = hidden.get("editor", "")
    own_editor = parse_byline(said_editor if re.search("[:：]", said_editor) else f"编辑：{said_editor}")
    found.fill(
        Byline(
            source=vicinity.medium_of(hidden.get("source") or said(*_SOURCE_META) or ""),
            editors=own_editor.editors,
            duty_editors=own_editor.duty_editors,
            authors=parse_byline("作者：" + _value(hidden["author"])).authors if "author" in hidden else [],
        )
    )
    if found.source and not found.source_url:
        found.source_url = head.source_link([piece.node for piece in above], found.source)
    return found


def _value(text: str) -> str:
    """What follows a label, if there is one."""
    return re.sub(r"\A[^:：]{1,6}[:：]\s*", "", text)


def reporters_of(above: list[Piece], body: Body) -> list[str]:
    """Authors in the forms of agencies and papers: （记者 X）, 新华社北京5月1日电（记者X）, 某报记者 X."""
    texts = [block.piece.text for block in body.blocks if block.piece.kind == "text"]
    own = body.byline.split(BREAK)
    for text in (*(piece.text for piece in above), *own, *texts[:2]):
        names = reporters(text)
        if names:
            return names
    return []
