"""What an extractor must find in an article: the truth behind its page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.replica.looks import Look
from tests.replica.sheet import Sheet
from tests.replica.story import Heading, Part, Shot


def record_of(sheet: Sheet, url: str, reprint_of: str | None) -> dict[str, Any]:
    """The record of what a page shows, or of all pages together when the sheet is the one-page version.

    Keys are those of the JSON contract as far as the page decides them, and `features` (see `features_of`).
    """
    story, look = sheet.story, sheet.look
    signers = story.signers
    # a slider has no body, and so no place for what stands at a body's end
    ends = sheet.last and look.template != "slider"
    shots = [part for part in sheet.parts if isinstance(part, Shot)]
    return {
        "url": url,
        "title": story.title,
        "published_at": _time(sheet),
        "source": {"name": signers.source, "url": signers.source_url} if signers.source else None,
        "editor": "、".join(signers.editor) or None,
        "duty_editor": ("、".join(signers.duty_editor) or None) if ends or look.duty == "line" else None,
        "authors": list(signers.authors) if ends or _names_reporters(sheet) else [],
        "channel": list(sheet.section.crumbs) if look.crumbs else [],
        "body_text": "\n".join(_lines(sheet, ends)),
        "images": [_image(sheet, shot) for shot in shots],
        "template": look.template,
        "pages": story.pages,
        "reprint_of": reprint_of,
        "features": sorted(features_of(sheet)),
    }


def _names_reporters(sheet: Sheet) -> bool:
    """True when this page's first paragraph names the authors, as agencies do."""
    first = next((part for part in sheet.parts if isinstance(part, str)), "")
    return "（记者 " in first


def _time(sheet: Sheet) -> str:
    at = sheet.published
    if sheet.look.date == "day":
        return f"{at:%Y-%m-%d}"
    return (at.replace(second=0) if sheet.look.date == "chinese" else at).isoformat()


def _lines(sheet: Sheet, ends: bool) -> list[str]:
    """Paragraphs and headings, with the authors behind the last paragraph where they stand there."""
    out = [
        part.text if isinstance(part, Heading) else part for part in sheet.parts if not isinstance(part, Shot)
    ]
    texts = [index for index, part in enumerate(_words(sheet.parts)) if isinstance(part, str)]
    authors = sheet.story.signers.authors
    if ends and authors and sheet.look.authors == "tail":
        out[texts[-1]] += f"({' '.join(authors)})"
    if sheet.rare:
        out.insert(texts[0] + 1, sheet.rare)
    return out


def _words(parts: tuple[Part, ...]) -> list[Part]:
    return [part for part in parts if not isinstance(part, Shot)]


def _image(sheet: Sheet, shot: Shot) -> dict[str, str | None]:
    alts = {"list": sheet.story.title, "caption": shot.caption, "none": None}
    scheme = sheet.look.picture_scheme or f"{sheet.section.scheme}:"
    return {
        "url": f"{scheme}{sheet.pictures[shot.key]}",
        "alt": alts[sheet.look.alt],
        "caption": shot.caption,
        "credit": shot.credit,
        "credit_raw": shot.credit_raw,
    }


def features_of(sheet: Sheet) -> Iterator[str]:
    """What the page shows of the replica's variety, for tests and for choosing examples."""
    story, look = sheet.story, sheet.look
    yield f"template:{look.template}-{look.variant}"
    yield f"kind:{sheet.kind}"
    yield f"date:{look.date}"
    yield f"charset:{look.charset}"
    yield f"colon:{look.colon}"
    if not story.signers.source:
        yield "no-source"
    if not story.signers.editor:
        yield "no-editor"
    if look.code and story.signers.editor:
        yield "staff-code"
    if not look.crumbs:
        yield "no-crumbs"
    if sheet.reprint:
        yield f"reprint:{sheet.reprint}"
    if look.template != "slider":
        yield from _body_features(sheet, look)


def _body_features(sheet: Sheet, look: Look) -> Iterator[str]:
    parts = sheet.parts
    shots = [part for part in parts if isinstance(part, Shot)]
    for name in ("hidden", "share", "notice", "related", "code_picture"):
        if getattr(look, name):
            yield name
    if sheet.story.signers.authors:
        yield f"authors:{look.authors}"
    if sheet.story.signers.duty_editor:
        yield f"duty:{look.duty}"
    if any(isinstance(part, Heading) for part in parts):
        yield "headings"
    if shots:
        yield f"caption:{look.caption}"
        yield f"lazy:{look.lazy or 'no'}"
        yield f"alt:{look.alt}"
    if any(isinstance(one, Shot) and isinstance(other, Shot) for one, other in pairwise(parts)):
        yield "two-in-a-row"
    for shot in shots:
        yield f"{'caption' if shot.caption else 'no-caption'}:{'credit' if shot.credit else 'no-credit'}"
