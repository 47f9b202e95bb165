"""Who published a story first."""

from __future__ import annotations

import pytest

from crawler.copies.publisher import Copy, publisher


def who(*copies: tuple[str, str | None]) -> tuple[str, int]:
    """(site, source) of each copy in the order of publication → the publisher and the number of its copy."""
    found = publisher([Copy(number, (site,), source) for number, (site, source) in enumerate(copies, 1)])
    return found.name, found.article_id


def test_where_no_page_names_another_house_the_earliest_was_first() -> None:
    assert who(("青石晚报", None), ("河口网", "河口网")) == ("青石晚报", 1)


def test_the_house_that_the_copies_name_was_first_even_if_its_own_copy_is_dated_later() -> None:
    assert who(("河口网", "青石晚报"), ("青石晚报", "青石晚报"), ("江南在线", "青石晚报")) == ("青石晚报", 2)


def test_a_house_whose_own_copy_is_not_stored_is_named_all_the_same() -> None:
    assert who(("河口网", "据新华社"), ("江南在线", "新华社")) == ("新华社", 1)


def test_a_copy_that_names_yet_another_house_was_not_first() -> None:
    copies = (("河口网", "青石晚报"), ("青石晚报", "山前日报"), ("山前日报", None))

    assert who(*copies) == ("山前日报", 3)


def test_two_houses_that_name_each_other_do_not_go_on_for_ever() -> None:
    assert who(("河口网", "青石晚报"), ("青石晚报", "河口网"))[0] in ("青石晚报", "河口网")


def test_an_app_is_the_paper_and_a_portal_s_paper_is_the_portal() -> None:
    assert who(("青石晚报", "青石晚报客户端"), ("河口网", "青石晚报官方微信")) == ("青石晚报", 1)
    assert who(("河口网", "人民网－人民日报"), ("人民网", "人民网-人民日报")) == ("人民网", 2)


def test_a_source_of_signs_only_says_nothing() -> None:
    assert who(("河口网", "：— "), ("江南在线", None)) == ("河口网", 1)


@pytest.mark.parametrize(
    "source", ["综合", "网络", "来源：互联网", "本站", "原创", "本报", "未知", "佚名", "来源："]
)
def test_a_source_that_names_no_house_says_nothing(source: str) -> None:
    assert who(("河口网", source), ("江南在线", source)) == ("河口网", 1)


def test_a_wire_s_dateline_is_the_wire_and_an_address_is_no_name() -> None:
    wire = [("河口网", "据新华社北京3月5日电"), ("江南在线", "新华社记者 叶知秋"), ("青石网", "综合自新华社")]

    assert who(*wire, ("山前网", "https://www.people.com.cn/")) == ("新华社", 1)
    assert who(("河口网", "https://www.people.com.cn/"), ("江南在线", None)) == ("河口网", 1)
