"""Snippets show the text around the first hit, with the hits marked where they are."""

from __future__ import annotations

import pytest

from storage.query import parse_query
from storage.snippets import snippet
from storage.terms import wanted


def marked(query: str, *parts: str) -> str:
    """The snippet of a query in these parts, with its hits in brackets."""
    node = parse_query(query)
    cut = snippet([words.term for words in wanted(node)], parts, parts[0])
    shown, at = "", 0
    for begin, end in cut.marks:
        shown += f"{cut.text[at:begin]}[{cut.text[begin:end]}]"
        at = end
    return shown + cut.text[at:]


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("茶园", "新茶园里的老茶园", "新[茶园]里的老[茶园]"),
        ("妇联 义诊", "义诊开始，妇联来人", "[义诊]开始，[妇联]来人"),
        # one letter becomes two and two become one: as long as before, but not in the same places
        ("茶园", "室温25℃的茶园 Cafe\u0301 结束", "室温25℃的[茶园] Cafe\u0301 结束"),
        ("茶园", "ｶﾞ㈱的茶园ﾊﾟ", "ｶﾞ㈱的[茶园]ﾊﾟ"),
        ("株", "这家㈱公司", "这家[㈱]公司"),
        ('"家(株"', "这家㈱公司", "这[家㈱]公司"),
        ("tea", "tea teams", "[tea] teams"),
        ("tea", "…tea" + "字" * 37 + "teams are here", "…[tea]" + "字" * 37 + "tea…"),
    ],
)
def test_hits_are_marked_where_they_are(query: str, text: str, shown: str) -> None:
    assert marked(query, text) == shown


def test_the_first_hit_is_shown_whichever_word_it_is_of() -> None:
    text = "义诊" + "字" * 120 + "妇联"

    assert marked("妇联 义诊", text).startswith("[义诊]")


def test_a_part_without_a_hit_is_passed_over() -> None:
    assert marked("茶园", "正文", "图片里的茶园") == "图片里的[茶园]"
    assert marked("茶园", "正文", "别的") == "正文"
