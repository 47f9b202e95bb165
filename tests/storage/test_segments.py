"""Pages of the search index hold what was packed into them."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import segments
from storage.segments import SIZE, mark, merge, pack, pairs, renumbered, unpack
from storage.tokens import CAPTION, TITLE, Numbers, cut, marked, named, of_run


def content(entries: set[tuple[int, int]]) -> Numbers:
    array = np.array(sorted(entries), dtype=np.int64).reshape(-1, 2)
    return pairs(array[:, 0], array[:, 1])


def some(size: int) -> Numbers:
    """Many tokens, a few of them in most of the documents."""
    chance = np.random.default_rng(size)
    tokens = chance.zipf(1.2, size * 40) % (1 << 46)
    return np.unique(pairs(tokens.astype(np.int64), chance.integers(0, size, size * 40)))


@pytest.mark.parametrize("size", [1, 2, 16, 17, 128, 1_280, SIZE])
def test_what_is_packed_is_unpacked(size: int) -> None:
    packed = list(pack(some(size), size))

    assert np.array_equal(np.sort(unpack(packed, size)), some(size))
    assert [first for first, _ in packed] == sorted({first for first, _ in packed})
    # with its header PostgreSQL keeps such a row in the table, and SQLite puts two on a page
    assert max(len(page) for _, page in packed) <= 1_960


@pytest.mark.parametrize("size", [1, 16, 1_280])
def test_a_page_tells_which_documents_hold_a_token(size: int) -> None:
    packed = list(pack(some(size), size))
    firsts = [first for first, _ in packed]
    tokens = np.unique(some(size) >> segments.DOC_BITS).tolist()

    for token in [*tokens[:300], *(token + 1 for token in tokens[:300])]:
        found = np.zeros(size, dtype=np.bool_)
        place = bisect_right(firsts, token) - 1
        if firsts[place] >> 32 == token >> 32:
            mark(packed[place][1], token, size, found)
        expected = [
            pair % (1 << segments.DOC_BITS)
            for pair in some(size).tolist()
            if pair >> segments.DOC_BITS == token
        ]
        assert np.flatnonzero(found).tolist() == expected


@settings(max_examples=50)
@given(st.sets(st.tuples(st.integers(0, (1 << 46) - 1), st.integers(0, 19)), min_size=1, max_size=60))
def test_any_tokens_survive(entries: set[tuple[int, int]]) -> None:
    assert np.array_equal(np.sort(unpack(list(pack(content(entries), 20)), 20)), content(entries))


def test_nothing_is_packed_into_no_page() -> None:
    assert list(pack(content(set()), 5)) == []


def test_merged_documents_get_new_numbers_and_the_dead_go() -> None:
    left = renumbered(content({(7, 0), (7, 1), (9, 1)}), np.array([2, -1]))
    right = renumbered(content({(7, 0), (8, 0)}), np.array([0]))

    assert merge([left, right]).tolist() == content({(7, 0), (7, 2), (8, 0)}).tolist()


def test_tokens_are_of_letters_pairs_and_words_each_with_its_mark() -> None:
    tokens, documents = cut(
        [(0, TITLE, "５G基站"), (3, CAPTION, "站，\n臺x"), (4, TITLE, None), (5, TITLE, "")]
    )

    title = {marked(TITLE, code) for run in ("5g", "基", "站", "基站") for code in of_run(run)}
    caption = {marked(CAPTION, code) for run in ("站", "台", "x") for code in of_run(run)}
    assert {(t, d) for t, d in zip(tokens.tolist(), documents.tolist(), strict=True)} == {
        *((token, 0) for token in title),
        *((token, 3) for token in caption),
    }


def test_a_token_fits_beside_the_number_of_a_segment() -> None:
    highest = [named(12, "名"), marked(12, next(of_run("\U0003ffff" * 2))), marked(12, next(of_run("z")))]

    assert all(0 <= token < 1 << 46 for token in highest)
