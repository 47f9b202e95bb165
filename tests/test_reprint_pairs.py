"""The labelled pairs of benchmarks/reprints are what their labels say, by measures of their own."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import opencc
import pytest

from benchmarks.reprints import alike, editing, publishers
from benchmarks.reprints.editing.additions import add_tail, merge
from benchmarks.reprints.editing.layout import drop, excerpt, move
from benchmarks.reprints.editing.letters import edit_letters
from benchmarks.reprints.editing.script import to_full_width, to_traditional
from benchmarks.reprints.editing.wording import reword
from benchmarks.reprints.kinds import KINDS, MERGED, SHARES, copies_scene
from benchmarks.reprints.originals import Originals, load_originals
from benchmarks.reprints.phrases import topic
from benchmarks.reprints.text import Text, weight
from crawler.portals.registry import portal_by_name
from tests.replica.chance import dice
from tests.replica.grammar import Choice, Frame

SAMPLE = 25  # texts in each measure


@pytest.fixture(scope="module")
def originals() -> Originals:
    return load_originals(300)


@pytest.fixture(scope="module")
def texts(originals: Originals) -> list[Text]:
    """Originals of the replica, long enough to be edited."""
    return [text for text in originals.editable if text.name.startswith("replica")][:SAMPLE]


def edited(one: str, other: str) -> float:
    """The characters that difflib would have edited, as a share of the first text."""
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal") / len(one)


def frame_pattern(frame: Frame) -> str:
    """What fits a frame's texts, with a group for each fact and each choice."""
    return "".join(
        f"({_any_option(part)})" if isinstance(part, Choice) else _plain(part) or "([^\n]{1,16}?)"
        for part in frame
    )


def _any_option(choice: Choice) -> str:
    """The options of a choice, without groups."""
    return "|".join("".join(_plain(part) or "[^\n]{1,16}?" for part in option) for option in choice.options)


def _plain(part: object) -> str:
    return re.escape(part.replace("¶", "\n")) if isinstance(part, str) else ""


def letters(body: str) -> str:
    return re.sub(r"[\W_]+", "", body)


def test_nothing_of_the_project_helps_with_the_editing() -> None:
    folder = Path(editing.__file__).parent
    files = [*folder.glob("*.py"), folder.parent / "text.py", folder.parent / "phrases.py"]
    imported = {
        name
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert "benchmarks.reprints.text" in imported
    assert not [name for name in imported if name.split(".")[0] in ("crawler", "pipelines", "storage")]


def test_originals_have_little_in_common(originals: Originals) -> None:
    grams = []
    for text in originals.texts[:160]:
        plain = letters(text.body)
        grams.append({plain[at : at + 4] for at in range(len(plain) - 3)})

    most = max(len(one & other) / min(len(one), len(other)) for one, other in combinations(grams, 2))

    assert len(originals.texts) > 150
    assert most < 0.2


@pytest.mark.parametrize("share", [0.02, 0.05, 0.10])
@pytest.mark.parametrize("edit", [edit_letters, reword])
def test_as_many_characters_are_edited_as_the_label_says(
    edit: object, share: float, texts: list[Text]
) -> None:
    assert callable(edit)

    shares = [edited(text.body, edit(text, share, dice(share, text.name)).body) for text in texts]

    assert share - 0.012 < sum(shares) / len(shares) < share + 0.012
    assert max(abs(found - share) for found in shares) < 0.03


def test_edited_letters_are_spread_over_the_text_and_digits_are_no_exception(texts: list[Text]) -> None:
    quarters = [0, 0, 0, 0]
    digits, changed = 0, 0
    for text in texts:
        other = edit_letters(text, 0.10, dice("spread", text.name)).body
        codes = SequenceMatcher(None, text.body, other, autojunk=False).get_opcodes()
        for tag, start, end, *_ in codes:
            if tag != "equal":
                quarters[min(3, 4 * start // len(text.body))] += 1
                changed += sum(map(str.isdigit, text.body[start:end]))
        digits += sum(map(str.isdigit, text.body))

    assert min(quarters) > 0.15 * sum(quarters)
    # two edits in three touch a character that stands there; the third stands before one
    assert 0.03 < changed / digits < 0.11


@pytest.mark.parametrize("share", SHARES.values())
def test_an_excerpt_is_one_piece_of_the_share_it_claims(share: float, texts: list[Text]) -> None:
    found = [(text, excerpt(text, share, dice(share, text.name))) for text in texts]
    made = [(text, part) for text, part in found if part is not None]

    assert len(made) > 0.8 * len(found)
    for text, part in made:
        assert letters(part.body) in letters(text.body)
        assert share <= weight(part.body) / weight(text.body) <= share + 0.1


def test_dropping_leaves_the_other_paragraphs_as_they_were(texts: list[Text]) -> None:
    lost = []
    for text in texts:
        other = drop(text, 0.5, dice("drop", text.name))
        rest = iter(text.paragraphs)
        assert all(part in rest for part in other.paragraphs)
        lost.append(1 - weight(other.body) / weight(text.body))

    assert min(lost) > 0
    assert 0.4 < max(lost) <= 0.5


def test_moving_changes_the_order_and_nothing_else(texts: list[Text]) -> None:
    for text in texts:
        other = move(text, dice("move", text.name))
        assert other.paragraphs != text.paragraphs
        assert sorted(other.paragraphs) == sorted(text.paragraphs)


def test_a_tail_stands_below_the_whole_text(texts: list[Text], originals: Originals) -> None:
    for text in texts:
        other = add_tail(text, originals.spare, dice("tail", text.name))
        assert other.paragraphs[: len(text.paragraphs)] == text.paragraphs
        assert len(text.paragraphs) < len(other.paragraphs) <= len(text.paragraphs) + 2


def test_a_merged_page_holds_both_texts(texts: list[Text]) -> None:
    page = merge(texts[0], texts[1], dice("merge"))

    assert texts[0].body in page.body
    assert texts[1].body in page.body


def test_traditional_characters_say_the_same(texts: list[Text]) -> None:
    back = opencc.OpenCC("t2s").convert
    for text in texts:
        other = to_traditional(text, dice("traditional", text.name))
        assert other.body != text.body
        assert edited(text.body, back(other.body)) < 0.02


def test_full_width_forms_are_compatible_with_the_text(texts: list[Text]) -> None:
    for text in texts:
        other = to_full_width(text)
        assert other.body != text.body
        assert unicodedata.normalize("NFKC", other.body) == unicodedata.normalize("NFKC", text.body)


@pytest.mark.parametrize("kind", [*KINDS, MERGED])
def test_every_kind_pairs_a_copy_with_its_original(kind: str, originals: Originals) -> None:
    scene = copies_scene(kind, originals, 12, seed=1)

    assert len(scene.copies) == 12
    for pair in scene.copies:
        original, copy = (scene.samples[place] for place in pair)
        assert original.text.name in copy.text.name.split(" + ")
        assert original.url != copy.url
    assert len({sample.url for sample in scene.samples}) == len(scene.samples)


@pytest.mark.parametrize("frame", alike.FRAMES)
def test_texts_of_one_frame_differ_in_facts_only(frame: str) -> None:
    of = topic(f"frames/{frame}.txt")
    parts = of.sections["texts"][0]
    fixed = [part.replace("¶", "\n") for part in parts if isinstance(part, str)]
    pattern = frame_pattern(parts)

    filled = [alike.frame_text(frame, number, dice(frame, number)) for number in range(20)]
    following = [alike.next_edition(frame, 0, before, dice(frame, "next"))[0] for _, before in filled]

    for text in [*(text for text, _ in filled), *following]:
        assert re.fullmatch(pattern, text.body), text.body
        assert 120 <= len(text.body) <= 600
    for (one, _), (other, _) in combinations(filled, 2):
        ours, theirs = (re.fullmatch(pattern, text.body).groups() for text in (one, other))  # type: ignore[union-attr]
        differing = sum(a != b for a, b in zip(ours, theirs, strict=True))
        assert differing >= 0.4 * len(ours)
    assert sum(map(len, fixed)) > 80


@pytest.mark.parametrize("frame", alike.BLIND_FRAMES)
def test_texts_of_one_blind_frame_differ_in_facts_and_optional_sentences_only(frame: str) -> None:
    parts = topic(f"frames_blind/{frame}.txt").sections["texts"][0]
    pattern = frame_pattern(parts)

    bodies = [
        alike.frame_text(frame, number, dice(frame, number), "frames_blind")[0].body for number in range(20)
    ]

    for body in bodies:
        assert re.fullmatch(pattern, body), body
        assert 150 <= len(body) <= 700
    for one, other in combinations(bodies, 2):
        ours, theirs = (re.fullmatch(pattern, body).groups() for body in (one, other))  # type: ignore[union-attr]
        differing = sum(a != b for a, b in zip(ours, theirs, strict=True))
        assert differing >= 0.4 * len(ours)
    assert sum(len(part) for part in parts if isinstance(part, str)) > 80


def test_the_blind_scene_has_the_blind_families_alone(originals: Originals) -> None:
    scene = alike.blind_scene(originals, 12, seed=1)

    assert set(scene.families) == {f"blind: {frame}" for frame in alike.BLIND_FRAMES}
    assert {len(pairs) for pairs in scene.families.values()} == {66}
    assert not scene.copies
    assert not set(alike.BLIND_FRAMES) & set(alike.FRAMES)


def test_a_next_edition_has_about_half_of_the_facts() -> None:
    kept = []
    for frame in set(alike.FRAMES) - set(alike.FEW_NUMBERS):
        for number in range(10):
            _, one = alike.frame_text(frame, number, dice(frame, number))
            _, other = alike.next_edition(frame, number, one, dice(frame, number, "next"))
            facts = [
                (a, b)
                for a, b, part in zip(
                    one.parts, other.parts, topic(f"frames/{frame}.txt").sections["texts"][0], strict=True
                )
                if not isinstance(part, str)
            ]
            kept.append(sum(a == b for a, b in facts) / len(facts))

    assert max(kept) < 0.9
    assert 0.4 < sum(kept) / len(kept) < 0.7


@pytest.mark.parametrize("event", alike.EVENTS)
def test_tellings_of_an_event_share_names_and_a_quote_but_no_sentence(event: str) -> None:
    for number in range(5):
        told = [alike.telling(event, number, version, seed=1).body for version in alike.TELLINGS]
        for one, other in combinations(told, 2):
            matcher = SequenceMatcher(None, one, other, autojunk=False)
            longest = matcher.find_longest_match()
            quote = one[longest.a : longest.a + longest.size]
            assert "，”" in quote
            assert longest.size < 60
            rest = SequenceMatcher(None, one.replace(quote, "◆"), other.replace(quote, "◇"), autojunk=False)
            assert rest.find_longest_match().size <= 16


def test_the_look_alikes_are_labelled_by_the_hundred(originals: Originals) -> None:
    scene = alike.alike_scene(originals, 12, seed=1)
    many = alike.alike_scene(load_originals(), 40, seed=1)

    assert min(map(len, many.families.values())) >= 300
    labelled = [pair for pairs in scene.families.values() for pair in pairs]
    assert len(labelled) == len(set(labelled))
    assert not scene.copies
    for one, _ in scene.families["under 100 letters"]:
        assert weight(scene.samples[one].text.body) < 100
    for one, other in scene.families["one series"]:
        first, second = scene.samples[one].text, scene.samples[other].text
        assert first.paragraphs[-1] == second.paragraphs[-1]
        assert 100 <= weight(first.paragraphs[-1]) <= 200
        assert not set(first.paragraphs[:-1]) & set(second.paragraphs[:-1])
    for one, _ in scene.families["empty"]:
        assert scene.samples[one].text.body == ""


def test_the_same_seed_gives_the_same_pairs_and_another_others(originals: Originals) -> None:
    def bodies(seed: int) -> Iterator[str]:
        for kind in ("letters 5 %", "third, lead, letters 5 %", MERGED):
            yield from (s.text.body for s in copies_scene(kind, originals, 10, seed).samples)
        yield from (s.text.body for s in alike.alike_scene(originals, 6, seed).samples)

    assert list(bodies(1)) == list(bodies(1))
    assert list(bodies(1)) != list(bodies(2))


def test_every_story_names_its_first_publisher_somewhere_on_its_pages(originals: Originals) -> None:
    for case in publishers.cases(originals, 60, seed=1):
        shown = " ".join(sample.source or "" for sample in case.samples)
        portals = [portal_by_name(sample.portal) for sample in case.samples]
        titles = [portal.title for portal in portals if portal]
        assert any(name in shown or name in titles for name in case.names), case
        assert len({sample.portal for sample in case.samples}) == len(case.samples) >= 3
