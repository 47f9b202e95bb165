"""The texts of what a search found: a little of many articles to look at, the whole of those it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, text

from crawler.items import Article, Image, Source
from crawler.text import plain
from storage.entries import Parts, article_key, article_parts, image_parts, picture_number
from storage.models import ARTICLE, ARTICLE_IMAGE
from storage.records import chunks, load, select_articles
from storage.segment_rows import Kind, among
from storage.terms import Words
from storage.tokens import ANY, TITLE, is_cjk


class Looked:
    """An article, or one of its pictures, of which the words can be looked for."""

    def __init__(self, article: Article, image: Image | None = None) -> None:
        self._article = article
        self._image = image
        self._plain: dict[int, list[str]] = {}

    def parts(self, mark: int) -> list[str]:
        """The plain texts in which a search looks."""
        if mark not in self._plain:
            self._plain[mark] = [plain(part) for part in self._raw(mark) if part]
        return self._plain[mark]

    def stands(self, words: Words) -> bool:
        """True when the term stands in one of its parts: neighbouring pairs of letters may be far apart."""
        run = words.term.runs[0]
        # most of what is looked at holds the phrase as it is typed; to make a text plain takes much longer
        if len(words.term.runs) == 1 and is_cjk(run) and any(run in p for p in self._raw(words.mark) if p):
            return True
        return any(words.term.pattern.search(part) for part in self.parts(words.mark))

    def _raw(self, mark: int) -> Parts:
        if self._image is None:
            return article_parts(self._article, mark)
        return image_parts(self._article, self._image, mark)


def standing(conn: Connection, kind: Kind, words: Words, keys: Sequence[int]) -> set[int]:
    """Which of the articles have a phrase in headline or text as it was typed, looked up by the database.

    The others may still have it, in other characters or elsewhere. A text that does not leave the database
    costs a sixth of one that is looked at here.
    """
    run, *more = words.term.runs
    if kind != "article" or words.mark not in (ANY, TITLE) or more or not is_cjk(run):
        return set()
    find = "instr" if conn.dialect.name == "sqlite" else "strpos"
    places = ["title"] if words.mark == TITLE else ["body_text", "title"]
    absent = " AND ".join(f"{find}({place}, :run) = 0" for place in places)
    wanted, values = among(conn, "sort_key", keys)
    # by far most have it, so that the others are told
    statement = text(f"SELECT sort_key FROM article WHERE {wanted} AND {absent}")
    return set(keys).difference(conn.scalars(statement, {"values": values, "run": run}))


def look(conn: Connection, kind: Kind, keys: Sequence[int]) -> dict[int, Looked]:
    """What the index found, by sort key."""
    wanted = keys if kind == "article" else [article_key(key) for key in keys]
    articles = _light(conn, dict.fromkeys(wanted), with_text=kind == "article")
    if kind == "article":
        return {key: Looked(articles[key]) for key in keys}
    return {
        key: Looked(articles[article_key(key)], articles[article_key(key)].images[picture_number(key) - 1])
        for key in keys
    }


def whole_articles(conn: Connection, keys: Iterable[int]) -> dict[int, tuple[int, Article]]:
    """(id, article) by sort key."""
    found: dict[int, tuple[int, Article]] = {}
    for chunk in chunks(dict.fromkeys(keys)):
        rows = conn.execute(select_articles().where(ARTICLE.c.sort_key.in_(chunk))).all()
        for row, article in zip(rows, load(conn, rows), strict=True):
            found[row.sort_key] = (row.id, article)
    return found


def _light(conn: Connection, keys: Iterable[int], with_text: bool) -> dict[int, Article]:
    """Articles with nothing but what the index has of them, by sort key."""
    names = ["id", "sort_key", "title", "subtitle", "authors", "source_name", "editor", "duty_editor"]
    columns = [ARTICLE.c[name] for name in (*names, *(["body_text"] if with_text else []))]
    articles, by_id = {}, {}
    for chunk in chunks(keys):
        for row in conn.execute(select(*columns).where(ARTICLE.c.sort_key.in_(chunk))):
            by_id[row.id] = articles[row.sort_key] = Article(
                "",
                row.title,
                subtitle=row.subtitle,
                authors=row.authors,
                source=None if row.source_name is None else Source(row.source_name),
                editor=row.editor,
                duty_editor=row.duty_editor,
                body_text=row.body_text if with_text else "",
            )
    use = ARTICLE_IMAGE.c
    statement = select(use.article_id, use.alt, use.caption, use.credit).order_by(use.article_id, use.number)
    for chunk in chunks(by_id):
        for row in conn.execute(statement.where(use.article_id.in_(chunk))):
            by_id[row.article_id].images.append(
                Image("", 0, alt=row.alt, caption=row.caption, credit=row.credit)
            )
    return articles
