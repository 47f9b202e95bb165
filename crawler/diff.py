"""Two states of an article as a diff that people read: lines that went, came, or changed within. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

_ALIKE = 0.5  # share of characters in common from which two lines are one line that was edited
_SHORT = 40  # characters: a headline is read more easily as two lines
_AROUND = 12  # characters shown beside a change within a long line


def state_lines(title: str, body_text: str, images: Sequence[dict[str, Any]]) -> list[str]:
    """A state as lines: headline, paragraphs, then each picture with caption and credit."""
    lines = [title, *body_text.split("\n")]
    for number, image in enumerate(images, 1):
        said = " · ".join(
            filter(None, (image.get("caption"), image.get("credit_raw") or image.get("credit")))
        )
        lines.append(f"〔图{number}〕{said or image.get('url', '')}")
    return [line for line in lines if line]


def diff_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """What differs: `- ` a line that went, `+ ` one that came, `~ ` one edited, as [-old-]{+new+}.

    >>> list(diff_lines(["春茶上市", "一" * 60], ["春茶丰收", "一" * 60 + "二"]))
    ['- 春茶上市', '+ 春茶丰收', '~ …一一一一一一一一一一一一{+二+}']
    """
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(old[a:b]), list(new[c:d])
        for before, after in zip(gone, come, strict=False):
            yield from _pair(before, after)
        yield from (f"- {line}" for line in gone[len(come) :])
        yield from (f"+ {line}" for line in come[len(gone) :])


def _pair(before: str, after: str) -> Iterator[str]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if max(len(before), len(after)) <= _SHORT or matcher.ratio() < _ALIKE:
        yield f"- {before}"
        yield f"+ {after}"
        return
    pieces = []
    codes = matcher.get_opcodes()
    for number, (tag, a, b, c, d) in enumerate(codes, 1):
        if tag == "equal":
            pieces.append(_shorter(before[a:b], first=number == 1, last=number == len(codes)))
        else:
            pieces.append((f"[-{before[a:b]}-]" if b > a else "") + (f"{{+{after[c:d]}+}}" if d > c else ""))
    yield "~ " + "".join(pieces)


def _shorter(text: str, *, first: bool, last: bool) -> str:
    """What stayed the same, without its middle where it is long."""
    if len(text) <= 2 * _AROUND + 1:
        return text
    head = "" if first else text[:_AROUND]
    tail = "" if last else text[-_AROUND:]
    return f"{head}…{tail}"
