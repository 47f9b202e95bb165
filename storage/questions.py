"""Twenty questions of real users, as SQL over the views: the same rows in the same order on both databases.

docs/queries.md shows them with values in place of their parameters; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from storage.rows import fits, image_key


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question needs to know."""

    name: str
    says: str
    """What it is, for people."""
    default: str | None = None
    """None: it must be given."""
    read: Callable[[str], str | int] = str
    """The value that the statement compares with; ValueError says what a text lacks."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its SELECT with :names in place of values, and what these are."""

    number: int
    title: str
    statement: str
    parameters: tuple[Parameter, ...] = ()


def _text(given: str) -> str:
    if not fits(given):
        raise ValueError("is not UTF-8 text")
    return given


def _address(given: str) -> str:
    return image_key(_text(given))


def _day(given: str) -> str:
    try:
        day = date.fromisoformat(given).isoformat()
    except ValueError:
        day = None
    if day != given:
        raise ValueError("is not a date; write it as YYYY-MM-DD")
    return given


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given[:10]) < 1_000_000_000):
        raise ValueError("is not a whole number")
    return int(given)


_PORTAL = Parameter("portal", "the portal's name, e.g. cri", read=_text)
_ASKED: tuple[tuple[str, str, *tuple[Parameter, ...]], ...] = (
    (
        "Who reprints whom?",
        """
SELECT portal, earlier_portal, count(DISTINCT article_id) AS articles
FROM reprints
WHERE portal <> earlier_portal
GROUP BY portal, earlier_portal
ORDER BY articles DESC, portal, earlier_portal""",
    ),
    (
        "How long do reprints take?",
        """
SELECT portal, count(*) AS reprints, min(delay_minutes) AS shortest,
  sum(delay_minutes) / count(*) AS mean, max(delay_minutes) AS longest
FROM reprints
WHERE story = earlier_story AND delay_minutes >= 0
GROUP BY portal
ORDER BY mean, portal NULLS LAST""",
    ),
    (
        "Who publishes first?",
        """
SELECT publisher, count(*) AS stories, sum(size - 1) AS reprints
FROM stories
WHERE publisher IS NOT NULL
GROUP BY publisher
ORDER BY stories DESC, publisher""",
    ),
    (
        "Which stories ran on several portals?",
        """
SELECT id, portals, size, published, article_title, article_url
FROM stories
WHERE portals > 1
ORDER BY portals DESC, size DESC, id""",
    ),
    (
        "How do reprints change the headline?",
        """
SELECT earlier_portal, earlier_title, portal, title, similarity
FROM reprints
WHERE title <> earlier_title
ORDER BY published_utc DESC NULLS LAST, id""",
    ),
    (
        "Which copies name another source than the text they repeat?",
        """
SELECT url, source, earlier_url, earlier_source
FROM reprints
WHERE source <> earlier_source
ORDER BY id""",
    ),
    (
        "Whose pictures run where?",
        """
SELECT name, portal, count(*) AS articles
FROM bylines
WHERE role = 'photographer'
GROUP BY name, portal
ORDER BY articles DESC, name, portal NULLS LAST""",
    ),
    (
        "How do the captions of one picture differ?",
        """
SELECT url, caption, credit, portal, article_url
FROM photos
WHERE image_id IN (SELECT image_id FROM photos GROUP BY image_id HAVING count(DISTINCT caption) > 1)
ORDER BY image_id, published_utc NULLS LAST, id""",
    ),
    (
        "Where was this picture used before?",
        """
SELECT published, portal, article_url, caption, credit
FROM photos
WHERE image_id IN (SELECT id FROM images WHERE address = :url)
ORDER BY published_utc NULLS LAST, id""",
        Parameter("url", "the picture's URL", read=_address),
    ),
    (
        "Which pictures have a caption, but no credit?",
        """
SELECT portal, url, caption, article_url
FROM photos
WHERE caption IS NOT NULL AND credit IS NULL
ORDER BY portal NULLS LAST, id""",
    ),
    (
        "Which pictures are used most?",
        """
SELECT image_id, min(url) AS url, count(DISTINCT article_id) AS articles, count(DISTINCT portal) AS portals
FROM photos
GROUP BY image_id
HAVING count(DISTINCT article_id) > 1
ORDER BY articles DESC, image_id""",
    ),
    (
        "What is in the captions?",
        """
SELECT caption, credit, article_url
FROM photos
WHERE replace(caption, :word, '') <> caption
ORDER BY published_utc DESC NULLS LAST, id""",
        Parameter("word", "letters that stand somewhere in the caption, as they are", read=_text),
    ),
    (
        "What was edited within an hour of publication?",
        """
SELECT published, minutes_after_publication, changed, old_title, title, url
FROM changes
WHERE kind = 'edited' AND minutes_after_publication >= 0 AND minutes_after_publication < :minutes
ORDER BY published_utc, article_id, revision""",
        Parameter("minutes", "less than so many after publication", "60", _number),
    ),
    (
        "Which headlines were changed?",
        """
SELECT at_utc, old_title, title, url
FROM changes
WHERE kind = 'edited' AND old_title <> title
ORDER BY at_utc DESC, article_id, revision""",
    ),
    (
        "What vanished?",
        """
SELECT at_utc, reason, published, title, url
FROM changes
WHERE kind = 'gone'
ORDER BY at_utc DESC, article_id""",
    ),
    (
        "What vanished, but lives on in a copy elsewhere?",
        """
SELECT lost.portal, lost.title, lost.url, copy.portal AS copy_portal, copy.url AS copy_url
FROM articles AS lost JOIN articles AS copy ON copy.story = lost.story AND copy.portal <> lost.portal
WHERE lost.gone AND NOT copy.gone
ORDER BY lost.gone_utc DESC, lost.id, copy.id""",
    ),
    (
        "From where does a portal take its articles?",
        """
SELECT source, sum(articles) AS articles
FROM daily_counts
WHERE portal = :portal AND source IS NOT NULL AND day BETWEEN :since AND :until
GROUP BY source
ORDER BY articles DESC, source""",
        _PORTAL,
        Parameter("since", "the first day", "0001-01-01", _day),
        Parameter("until", "the last day", "9999-12-31", _day),
    ),
    (
        "Who edits which channel?",
        """
SELECT channel_path, name, count(*) AS articles
FROM bylines
WHERE role = 'editor' AND portal = :portal
GROUP BY channel_path, name
ORDER BY channel_path NULLS LAST, articles DESC, name""",
        _PORTAL,
    ),
    (
        "Who writes for several portals?",
        """
SELECT name, count(DISTINCT portal) AS portals, count(*) AS articles
FROM bylines
WHERE role = 'author'
GROUP BY name
HAVING count(DISTINCT portal) > 1
ORDER BY portals DESC, articles DESC, name""",
    ),
    (
        "At which hour of the day is published?",
        """
SELECT substr(published, 12, 2) AS hour, count(*) AS articles
FROM articles
WHERE published_precision <> 'day'
GROUP BY substr(published, 12, 2)
ORDER BY hour""",
    ),
)
QUESTIONS = {
    number: Question(number, title, statement.strip(), tuple(parameters))
    for number, (title, statement, *parameters) in enumerate(_ASKED, 1)
}
