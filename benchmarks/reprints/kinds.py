"""Every kind of copy, and the scene of one: all originals with one copy each of some of them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.reprints.editing.additions import (
    add_lead,
    add_tail,
    change_dateline,
    merge,
    replace_lead,
    retitle,
)
from benchmarks.reprints.editing.layout import drop, excerpt, move
from benchmarks.reprints.editing.letters import edit_letters
from benchmarks.reprints.editing.script import to_full_width, to_traditional
from benchmarks.reprints.editing.wording import reword
from benchmarks.reprints.originals import Originals
from benchmarks.reprints.sample import Scene, copy_sample, ordered, original_sample
from benchmarks.reprints.text import Text, weight
from tests.replica.chance import dice

Spare = tuple[str, ...]
Edit = Callable[[Text, Random, Spare], "Text | None"]
"""A copy of a text, or None where the text does not lend itself; the last argument is other news."""

KEPT_LEAST = 120  # letters of the original that a copy keeps: shorter ones are no evidence
SHARES = {"third": 1 / 3, "half": 1 / 2, "two thirds": 2 / 3}
MERGED = "merged from two"


def _enough(text: Text | None) -> Text | None:
    """The text if it is long enough to tell that it is a copy."""
    return text if text is not None and weight(text.body) >= KEPT_LEAST else None


REPRINTS: dict[str, Edit] = {
    "word for word": lambda text, _rng, _spare: text,
    "retitled": lambda text, rng, _spare: retitle(text, rng),
    "new lead": lambda text, rng, _spare: add_lead(text, rng),
    "other lead": lambda text, rng, _spare: replace_lead(text, rng),
    "new tail": lambda text, rng, spare: add_tail(text, spare, rng),
    "new dateline": lambda text, rng, _spare: change_dateline(text, rng),
    "paragraphs dropped": lambda text, rng, _spare: _enough(drop(text, 0.5, rng)),
    "paragraphs moved": lambda text, rng, _spare: move(text, rng),
    "reworded 2 %": lambda text, rng, _spare: reword(text, 0.02, rng),
    "reworded 5 %": lambda text, rng, _spare: reword(text, 0.05, rng),
    "reworded 10 %": lambda text, rng, _spare: reword(text, 0.10, rng),
    "letters 2 %": lambda text, rng, _spare: edit_letters(text, 0.02, rng),
    "letters 5 %": lambda text, rng, _spare: edit_letters(text, 0.05, rng),
    "letters 10 %": lambda text, rng, _spare: edit_letters(text, 0.10, rng),
    "traditional": lambda text, rng, _spare: to_traditional(text, rng),
    "full width": lambda text, _rng, _spare: to_full_width(text),
    "lead, tail, letters 5 %": lambda text, rng, spare: add_lead(
        add_tail(edit_letters(text, 0.05, rng), spare, rng), rng
    ),
    "lead, tail, reworded 5 %": lambda text, rng, spare: retitle(
        add_lead(add_tail(reword(text, 0.05, rng), spare, rng), rng), rng
    ),
    "dropped, moved, dateline": lambda text, rng, _spare: change_dateline(
        move(_enough(drop(text, 0.3, rng)) or text, rng), rng
    ),
    "traditional, lead, letters 2 %": lambda text, rng, _spare: to_traditional(
        add_lead(edit_letters(text, 0.02, rng), rng), rng
    ),
}


def _excerpt(share: float, lead: bool, edits: float) -> Edit:
    def edit(text: Text, rng: Random, _spare: Spare) -> Text | None:
        part = _enough(excerpt(text, share, rng))
        if part is None:
            return None
        if edits:
            part = edit_letters(part, edits, rng)
        return add_lead(part, rng) if lead else part

    return edit


EXCERPTS: dict[str, Edit] = {
    f"{name}{', lead' if lead else ''}{', letters 5 %' if edits else ''}": _excerpt(share, lead, edits)
    for name, share in SHARES.items()
    for edits in (0.0, 0.05)
    for lead in (False, True)
}
KINDS: dict[str, Edit] = REPRINTS | EXCERPTS


def copies_scene(kind: str, originals: Originals, pairs: int, seed: int) -> Scene:
    """All originals, and up to `pairs` copies of one kind; of every sixth the copy is the earlier one."""
    scene = Scene(kind, [original_sample(text, at) for at, text in enumerate(originals.texts)])
    places = _places(kind, originals, seed)
    if kind == MERGED:
        _add_merged(scene, places, originals, pairs, seed)
        return scene
    for at in places:
        text = originals.texts[at]
        rng = dice(seed, kind, text.name)
        edited = KINDS[kind](text, rng, originals.spare)
        if edited is not None:
            minutes = rng.randint(3, 2000) * (-1 if rng.random() < 1 / 6 else 1)
            place = scene.add(copy_sample(edited, at, minutes, "copy"))
            scene.copies.append(ordered(at, place))
        if len(scene.copies) == pairs:
            break
    return scene


def _add_merged(scene: Scene, places: list[int], originals: Originals, pairs: int, seed: int) -> None:
    """Pages of two originals each, later than both; two pairs a page."""
    for one, other in list(zip(places[::2], places[1::2], strict=False))[: pairs // 2]:
        rng = dice(seed, MERGED, one, other)
        text = merge(originals.texts[one], originals.texts[other], rng)
        # times run backwards with the number
        place = scene.add(copy_sample(text, min(one, other), rng.randint(3, 2000), "both"))
        scene.copies += [ordered(one, place), ordered(other, place)]


def _places(kind: str, originals: Originals, seed: int) -> list[int]:
    """Positions of the originals to edit: the real texts first, then the replica's in random order."""
    names = {text.name for text in originals.editable}
    usable = [at for at, text in enumerate(originals.texts) if text.name in names]
    rng = dice(seed, kind, "places")
    real = [at for at in usable if at < originals.real]
    made = [at for at in usable if at >= originals.real]
    rng.shuffle(real)
    rng.shuffle(made)
    return real + made
