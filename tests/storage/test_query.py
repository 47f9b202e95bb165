"""Parsing of what people type into the search."""

from __future__ import annotations

import pytest

from storage.query import MAX_QUERY, MAX_TERMS, QueryError, parse_query


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("茶园", [("茶园",)]),
        ("  茶园　丰收\t", [("茶园",), ("丰收",)]),  # the full-width space too
        ("茶园 茶园", [("茶园",)]),
        ("ＡＰＰ５Ｇ", [("app5g",)]),
        ("5G基站", [("5g", "基站")]),
        ("白沙-青石", [("白沙", "青石")]),
        ('"white tea" 茶', [("white", "tea"), ("茶",)]),
        ("“白沙 渡口”", [("白沙", "渡口")]),
        ('"white tea', [("white",), ("tea",)]),  # a quotation that does not end quotes nothing
        ('"" 茶', [("茶",)]),
        ("茶\u200b园\x00", [("茶园",)]),
        ("𠮷田", [("𠮷田",)]),
    ],
)
def test_a_query_is_cut_into_terms(words: str, terms: list[tuple[str, ...]]) -> None:
    assert [term.runs for term in parse_query(words)] == terms


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "holds no word"),
        ("，。！ _ \"'", "holds no word"),
        ("\x00\u200b", "holds no word"),
        ("茶" * (MAX_QUERY + 1), f"{MAX_QUERY + 1} characters"),
        (" ".join(f"t{n}" for n in range(MAX_TERMS + 1)), f"{MAX_TERMS + 1} words"),
    ],
)
def test_a_query_that_cannot_be_searched_for_says_why(words: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(words)


def test_the_largest_query_is_taken() -> None:
    assert len(parse_query(" ".join(f"t{n}" for n in range(MAX_TERMS)))) == MAX_TERMS
    assert parse_query("茶" * MAX_QUERY)[0].tokens == ("茶茶",)


@pytest.mark.parametrize(
    ("word", "text", "holds"),
    [
        ("茶园", "采茶园地", True),
        ("茶园丰收", "茶园喜丰收", False),
        ("tea", "white tea", True),
        ("tea", "a steam engine", False),  # words of Latin letters are found whole
        ("tea", "绿tea茶", True),
        ("5g基站", "5g 基站", True),
        ("5g基站", "15g基站", False),
        ('"white tea"', "whitetea", False),
        ('"white tea"', "white, tea", True),
    ],
)
def test_a_term_is_looked_for_in_the_text_itself(word: str, text: str, holds: bool) -> None:
    (term,) = parse_query(word)

    assert bool(term.pattern.search(text)) == holds
