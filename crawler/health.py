"""What was found on some articles of a portal, field by field. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.items import Article
from crawler.output import day_and_minute

NEEDED = ("title", "published_at", "body")
"""Fields without which an article is hardly worth keeping."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field over several articles."""

    name: str
    values: tuple[str, ...]
    """Of each article, for people; "" where it is missing."""

    @property
    def missing(self) -> int:
        return sum(1 for value in self.values if not value)


def fields_of(articles: list[Article]) -> list[Field]:
    """Every field that a reader of the database would ask for, over the articles."""
    columns = [_values(article) for article in articles]
    return [
        Field(name, tuple(column[name] for column in columns)) for name in (columns[0] if columns else {})
    ]


def _values(article: Article) -> dict[str, str]:
    pictures = article.images
    return {
        "title": article.title,
        "published_at": day_and_minute(article.published_at),
        "source": article.source.name if article.source else "",
        "editor": article.editor or "",
        "duty_editor": article.duty_editor or "",
        "authors": "、".join(article.authors),
        "channel": " > ".join(article.channel),
        "body": f"{len(article.body_text)} characters" if article.body_text else "",
        "images": _count(len(pictures)),
        "captions": _count(sum(1 for image in pictures if image.caption)),
        "credits": _count(sum(1 for image in pictures if image.credit)),
        "template": article.template or "",
    }


def _count(number: int) -> str:
    return str(number) if number else ""
