"""Parsing of what people type into the search."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.query import FIELDS, MAX_DEPTH, MAX_QUERY, MAX_TERMS, QueryError, parse_query
from storage.terms import And, Facet, Node, Not, Words, leaves, wanted

NAMES = {mark: name for name, mark in FIELDS.items()}


def shown(node: Node) -> str:
    """A tree as text: words and phrases in 「」, with their field before them."""
    if isinstance(node, Words):
        field = f"{NAMES[node.mark]}:" if node.mark else ""
        return f"{field}「{' '.join(node.term.runs)}」"
    if isinstance(node, Facet):
        return f"{node.name}={node.value}"
    if isinstance(node, Not):
        return f"not {shown(node.item)}"
    sign = " & " if isinstance(node, And) else " | "
    return "(" + sign.join(shown(item) for item in node.items) + ")"


def outcome(words: str) -> Node | str:
    """The tree, or the message of the error."""
    try:
        return parse_query(words)
    except QueryError as error:
        return str(error)


@pytest.mark.parametrize(
    ("words", "tree"),
    [
        ("茶园", "「茶园」"),
        ("  茶园　丰收\t", "(「茶园」 & 「丰收」)"),  # the full-width space too
        ("茶园 茶园", "「茶园」"),
        ("ＡＰＰ５Ｇ", "「app5g」"),
        ("臺灣後山", "「台湾后山」"),
        ("5G基站", "「5g 基站」"),
        ("唐纳德・特朗普", "「唐纳德 特朗普」"),
        ("ſource:茶", "「source 茶」"),  # no field, though it folds to one
        ("白沙-青石", "「白沙 青石」"),
        ('"white tea" 茶', "(「white tea」 & 「茶」)"),
        ("“白沙 渡口”", "「白沙 渡口」"),
        ('"white tea', "(「white」 & 「tea」)"),  # a quotation that does not end quotes nothing
        ('"" 茶', "「茶」"),
        ("茶\u200b园\x00", "「茶园」"),
        ("𠮷田", "「𠮷田」"),
        ("茶 AND 园", "(「茶」 & 「园」)"),
        ("茶 and 园", "(「茶」 & 「and」 & 「园」)"),
        ("茶 OR 园 OR 桥", "(「茶」 | 「园」 | 「桥」)"),
        ("茶 园 OR 桥 江", "((「茶」 & 「园」) | (「桥」 & 「江」))"),
        ("茶 (园 OR 桥) 江", "(「茶」 & (「园」 | 「桥」) & 「江」)"),
        ("茶（园 OR 桥）", "(「茶」 & (「园」 | 「桥」))"),
        ("-茶", "not 「茶」"),
        ("－茶", "not 「茶」"),
        ("--茶", "not not 「茶」"),
        ("NOT 茶 园", "(not 「茶」 & 「园」)"),
        ('茶 -"white tea"', "(「茶」 & not 「white tea」)"),
        ("茶 -(园 OR 桥)", "(「茶」 & not (「园」 | 「桥」))"),
        ("茶 - 园", "(「茶」 & 「园」)"),
        ("-！ 茶", "「茶」"),
        ("title:茶园 丰收", "(title:「茶园」 & 「丰收」)"),
        ("Title：茶园", "title:「茶园」"),
        ('caption:"white tea"', "caption:「white tea」"),
        ("credit:(沈墨 OR 顾舟)", "(credit:「沈墨」 | credit:「顾舟」)"),
        ("title:(茶 source:晚报)", "(title:「茶」 & source:「晚报」)"),
        ("-author:林溪 editor:何岚", "(not author:「林溪」 & editor:「何岚」)"),
        ("茶 portal:cri", "(「茶」 & portal=cri)"),
        ('channel:"重庆频道/民生"', "channel=重庆频道/民生"),
        ("茶 since:2021-03-01 until:2021-03-31", "(「茶」 & since=2021-03-01 & until=2021-03-31)"),
        ("tokens:茶", "「tokens 茶」"),
        ("https://news.example/a", "「https news example a」"),
    ],
)
def test_a_query_is_parsed_into_a_tree(words: str, tree: str) -> None:
    assert shown(parse_query(words)) == tree


def test_words_that_must_not_be_there_are_not_wanted() -> None:
    node = parse_query("茶 (园 OR -桥) -江 portal:cri")

    assert [word.term.runs for word in wanted(node)] == [("茶",), ("园",)]
    assert sum(1 for _ in leaves(node)) == 5
    assert Facet("since", date(2021, 3, 1)) in leaves(parse_query("茶 since:2021-03-01"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "'' holds no word to search for"),
        ("，。！ _ \"'", "holds no word"),
        ("\x00\u200b", "holds no word"),
        ("\U0001f375", "holds no word"),
        ("()", "holds no word"),
        ("茶" * (MAX_QUERY + 1), f"{MAX_QUERY + 1} characters"),
        (" ".join(f"t{n}" for n in range(MAX_TERMS + 1)), f"{MAX_TERMS + 1} words"),
        ("(" * (MAX_DEPTH + 1) + "茶", f"more than {MAX_DEPTH} parentheses or negations"),
        ("-" * (MAX_DEPTH + 1) + "茶", f"more than {MAX_DEPTH} parentheses or negations"),
        ("茶 OR", "OR at character 3 needs a word on each side"),
        ("OR 茶", "OR at character 1 needs a word on each side"),
        ("茶 AND AND 园", "AND at character 3 needs a word on each side"),
        ("AND", "AND at character 1 needs a word on each side"),
        ("茶 NOT", "NOT at character 3 needs a word after it"),
        ("茶 (园", "the parenthesis at character 3 is never closed"),
        ("茶）", "the parenthesis at character 2 closes nothing"),
        ("茶园好 title:", "title: at character 5 needs a word"),
        ("茶 title: 园", "title: at character 3 needs a word directly after it"),
        ("title:-茶", "write the minus at character 7 before title:"),
        ("caption:！", "caption: at character 1 needs a word"),
        ("portal:", "portal: at character 1 needs a value"),
        ('channel:""', "channel: at character 1 needs a value"),
        ("since:2021-3-1", "since: at character 1 needs a day like 2026-01-31, not '2021-3-1'"),
        ("until:20210301", "needs a day"),
    ],
)
def test_a_query_that_cannot_be_searched_for_says_why(words: str, message: str) -> None:
    with pytest.raises(QueryError, match=message.replace("(", r"\(")):
        parse_query(words)


def test_an_error_points_at_its_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("茶园ab OR")

    assert str(caught.value).split("\n")[1:] == [
        "  茶园ab OR",
        "         ^",
    ]  # the letters are two columns wide


def test_the_largest_query_is_taken() -> None:
    words = " ".join(f"t{n}" for n in range(MAX_TERMS))

    assert sum(1 for _ in leaves(parse_query(words))) == MAX_TERMS
    assert shown(parse_query("茶" * MAX_QUERY)) == f"「{'茶' * MAX_QUERY}」"


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["茶", "title:", "since:", "portal:", "(", ")", '"', "-", " ", "AND", "OR", "NOT", "a", "：", "*"]
        )
    ).map("".join)
)
@example('x" OR tokens:茶 OR "')
@example("\ud800\x00-")
def test_whatever_is_typed_gives_a_tree_or_an_error_in_words(words: str) -> None:
    found = outcome(words)

    assert isinstance(found, str) or list(leaves(found))


@pytest.mark.parametrize(
    "words",
    [
        "- - --",
        "(" * 10_000,
        "茶" * 10_000,
        "a " * 10_000,
        '"' * 999,
        "NEAR(" * 199,
        "- " * 499,
        "title:" * 166,
    ],
)
def test_a_hostile_query_gives_few_words_or_a_short_error(words: str) -> None:
    found = outcome(words)

    assert len(found) < 500 if isinstance(found, str) else len(list(leaves(found))) <= MAX_TERMS


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
    node = parse_query(word)

    assert isinstance(node, Words)
    assert bool(node.term.pattern.search(text)) == holds
