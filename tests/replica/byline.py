"""The line under the headline: time, source, editors."""

from __future__ import annotations

from datetime import datetime

from tests.replica.looks import Look
from tests.replica.sheet import Sheet


def date_text(look: Look, published: datetime) -> str:
    """The time as the page's text has it, without markup."""
    if look.date == "chinese":
        return f"{published:%Y年%m月%d日%H:%M}"
    return f"{published:%Y-%m-%d}" if look.date == "day" else f"{published:%Y-%m-%d %H:%M:%S}"


def _date(sheet: Sheet) -> str:
    if sheet.look.date == "spans":
        at = sheet.published
        return f'<span class="day">{at:%Y-%m-%d}</span> <span class="clock">{at:%H:%M:%S}</span>'
    return date_text(sheet.look, sheet.published)


def _labelled(sheet: Sheet) -> list[tuple[str, str]]:
    """(name of the span, text) of what the line names behind the time."""
    story, colon = sheet.story, sheet.look.colon
    found = []
    if story.signers.source:
        link = f'<a href="{story.signers.source_url}" target="_blank">{story.signers.source}</a>'
        found.append(("asource", f"来源{colon}{link if story.signers.source_url else story.signers.source}"))
    if story.signers.editor:
        found.append(("aeditor", f"编辑{colon}{'、'.join(story.signers.editor)}{sheet.look.code}"))
    if story.signers.duty_editor and sheet.look.duty == "line":
        found.append(("", f"责编{colon}{'、'.join(story.signers.duty_editor)}"))
    return found


def entries(sheet: Sheet, time_name: str, *, ids: bool) -> str:
    """The line's entries in spans that are named, by ids or by classes alone."""
    spans = []
    for name, text in [(time_name, _date(sheet)), *_labelled(sheet)]:
        names = f' id="{name}" class="{name}"' if ids else f' class="{name}"'
        spans.append(f"<span{names if name else ''}>{text}</span>")
    return sheet.look.bars.join(spans)


def plain_entries(sheet: Sheet) -> list[str]:
    """The line's entries in spans without names."""
    return [f"<span>{text}</span>" for text in (_date(sheet), *(text for _, text in _labelled(sheet)))]
