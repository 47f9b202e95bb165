"""An Article as the rows it becomes. Pure: what needs the database (ids, sort keys taken) comes in later."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeVar

from crawler.items import Article, Image
from crawler.text import clean
from storage.blocks import encode
from storage.times import published

T = TypeVar("T")

KEY_STEP = 1 << 10  # sort keys of articles lie this far apart; the pictures' keys lie between
MAX_NUMBERED = KEY_STEP - 1  # pictures of one article that can be found by search
MAX_NAME = 100  # characters: a longer one is a sentence that a wrong rule took for a name
# PostgreSQL indexes at most 2,704 bytes; a longer URL is known by its beginning and a hash
_MAX_KEY = 500  # characters
_LATEST = (1 << 32) - 1  # seconds; keeps the key within 63 bits


def sort_key(published_at: datetime | None, url_key: str) -> int:
    """Newest first as one number: THE order of listing and search, the same on every database.

    Seconds of publication (0 when unknown), then 21 bits of a hash of the identity, then 10 bits for the
    article's pictures. Two articles with one key are rare; the later stored one takes the next free.
    """
    seconds = int(published_at.timestamp()) if published_at else 0
    bits = int.from_bytes(blake2b(url_key.encode(), digest_size=3).digest(), "big") >> 3
    return min(max(seconds, 0), _LATEST) << 31 | bits << 10


def image_key(url: str) -> str:
    """The identity of a picture's URL: without scheme and fragment, host in lower case.

    >>> image_key("HTTPS://P.cri.cn/A.jpg#x")
    'p.cri.cn/A.jpg'
    """
    rest = url.partition("#")[0].partition("://")[2] or url
    host, slash, path = rest.partition("/")
    key = host.lower() + slash + path
    if len(key) <= _MAX_KEY:
        return key
    return key[:_MAX_KEY] + "…" + blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()


def article_row(article: Article) -> dict[str, Any]:
    """The columns of `article` that follow from the article alone; ValueError says what cannot be stored."""
    mark = article.fingerprint
    if mark is None:
        raise ValueError(f"{article.url}: the article has no fingerprint; run pipelines.fingerprint first")
    try:
        time = published(article.published_at, article.published_raw)
    except ValueError as error:
        raise ValueError(f"{article.url}: {error}") from error
    source = article.source
    return {
        "portal": article.portal,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "url_key": mark.url_key,
        "url_rules": mark.url_rules,
        "channel": article.channel,
        "channel_path": "/".join(article.channel) or None,
        "title": article.title,
        "subtitle": article.subtitle,
        "keywords": article.keywords,
        "language": article.language,
        "published_at": time.at,
        "published_offset": time.offset,
        "published_precision": time.precision,
        "published_day": time.day,
        "published_raw": article.published_raw,
        "modified_at": article.modified_at,
        "source_name": source.name if source else None,
        "source_url": source.url if source else None,
        "editor": article.editor,
        "duty_editor": article.duty_editor,
        "authors": article.authors,
        "blocks": encode(article.blocks, article.body_text),
        "body_text": article.body_text,
        "pages": article.pages,
        "template": article.template,
        "extractor": article.extractor,
        "text_hash": mark.text_hash,
        "pictures_hash": mark.pictures_hash,
        "content_hash": mark.content_hash,
        "run_id": article.fetch.run_id,
        "checked_at": article.fetch.fetched_at or datetime.now(UTC),
    }


def image_row(image: Image, number: int) -> dict[str, Any]:
    """The columns of `article_image` that follow from the image alone."""
    return {
        "number": number,
        "position": image.position,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
        "credit_raw": image.credit_raw,
        "width": pixels(image.width),
        "height": pixels(image.height),
    }


def pixels(declared: int | None) -> int | None:
    """A size that can be stored; None for what is none."""
    # pages declare absurd sizes; PostgreSQL's integer ends at 2^31
    return declared if declared is not None and 0 < declared < 1 << 31 else None


def bylines(article: Article) -> list[tuple[str, int, str]]:
    """(role, number from 1, name) of everyone the article names, photographers from the credits."""
    credits = [name for image in article.images for name in split_names(image.credit)]
    roles = {
        "author": article.authors,
        "editor": split_names(article.editor),
        "duty_editor": split_names(article.duty_editor),
        "photographer": credits,
    }
    return [
        (role, number, name)
        for role, names in roles.items()
        for number, name in enumerate(dict.fromkeys(n for n in names if 0 < len(n) <= MAX_NAME), 1)
    ]


def split_names(names: str | None) -> list[str]:
    """Several names joined by 、 as a list.

    >>> split_names("叶知秋、 江平")
    ['叶知秋', '江平']
    """
    return [name for part in (names or "").split("、") if (name := part.strip())]


def storable(value: T) -> T:
    """The same value with every string in it fit for both databases; dataclasses are changed in place.

    Items arrive clean; this is the second line: one NUL must not cost its whole batch.
    """
    if isinstance(value, str):
        return value if fits(value) else clean(value)  # type: ignore[return-value]
    if isinstance(value, list):
        return [storable(item) for item in value]  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            setattr(value, field.name, storable(getattr(value, field.name)))
    return value


def fits(text: str) -> bool:
    """True when both databases take the text: no NUL, no lone surrogate.

    >>> fits("图\\ud800")
    False
    """
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
