"""Which texts are copies: the benchmark measures how often that is right, these tests say what is meant."""

from __future__ import annotations

import random

import pytest

from crawler.copies.compare import Text, compare, explain
from crawler.copies.edits import Edit, align
from crawler.copies.facts import agreement, facts
from crawler.copies.sketch import LEAST, SIZE, sketch

TEA = (
    "青石镇的茶园今年迎来丰收，清晨五点，茶农们便背着竹篓上山采摘，山路上笑声不断。镇农技站站长介绍，去年冬天雪下得及时，"
    "开春以后又没有倒春寒，芽头比往年来得齐整，头一批明前茶已经全部订出去了。\n"
    "炒茶的老师傅今年六十八岁，手艺传了三代人。他说火候全凭一双手来掌握，机器至今替代不了，可年轻人愿意学的不多，"
    "好在镇上办起了讲习所，这个月来了十二个学徒，有三个还是刚毕业的大学生。\n"
    "为了让茶叶卖得更远，镇里请人建了冷库，又同快递公司谈妥了运费，第二天一早就能送到省城的茶馆，价钱也比往年高了两成。"
)
RIVER = (
    "入夏以来，沿江的几个码头陆续恢复了夜航，游船公司把末班船推迟到十点半，甲板上摆满了桌椅，买票的队伍一直排到台阶下面。"
    "船长说，从前天一黑江面上就没有人了，如今岸边的灯光秀要演三场，城里人带着孩子来，外地人拖着箱子来，一周七天没有一天是空的。"
    "海事部门提醒，乘船时不要倚靠栏杆，遇到大风会临时停航，票款原路退回，具体安排以当天的公告为准，请大家提前留意天气。"
)


def text(body: str, title: str = "") -> Text:
    return Text(body, title)


def match(one: str, other: str) -> str | None:
    found = compare(text(one), text(other))
    assert found == compare(text(other), text(one)), "it must not matter who is asked about whom"
    return found.kind if found else None


def test_a_text_with_a_new_lead_and_a_paragraph_dropped_is_a_reprint() -> None:
    parts = TEA.split("\n")

    assert match(TEA, "\n".join(["据青石晚报报道，茶园丰收了。", *parts[:2]])) == "reprint"


def test_paragraphs_in_another_order_are_a_reprint() -> None:
    assert match(TEA, "\n".join(reversed(TEA.split("\n")))) == "reprint"


def test_a_part_of_a_text_is_an_excerpt() -> None:
    long = "\n".join((TEA, RIVER))

    assert match(long, TEA.split("\n")[0] + TEA.split("\n")[1]) == "excerpt"


def test_a_text_with_one_letter_in_ten_changed_is_a_reprint() -> None:
    chance = random.Random(3)
    changed = "".join(chance.choice("的一是了我不") if chance.random() < 0.1 else c for c in TEA)

    assert match(TEA, changed) == "reprint"


def test_unrelated_texts_are_no_copies_and_the_answer_says_why() -> None:
    assert match(TEA, RIVER) is None
    assert "too few" in explain(text(TEA), text(RIVER))[1]


def test_the_same_frame_with_other_numbers_is_another_report() -> None:
    frame = (
        "市气象台{0}日发布天气预报：今天白天多云转晴，偏南风{1}级，最高气温{2}度，最低气温{3}度，相对湿度百分之{4}，"
        "降水概率百分之{5}。空气质量指数{6}，紫外线强度{7}级，适宜户外活动，早晚温差{8}度左右，请注意适时增减衣物，谨防感冒。"
        "预计未来三天气温维持在{9}度上下，城区能见度良好，交通出行不受影响，郊区早晨有轻雾，驾车请减速慢行。"
    )

    one = frame.format(3, 2, 31, 19, 45, 10, 62, 5, 12, 28)
    other = frame.format(9, 4, 26, 14, 71, 60, 38, 2, 9, 21)

    assert match(one, other) is None
    assert "same frame" in explain(text(one), text(other))[1]


def test_the_same_frame_with_other_names_is_another_report() -> None:
    frame = (
        "日前，{0}社区联合{1}开展了{2}公益课活动，辖区居民踊跃参加，现场气氛热烈。授课老师{3}从基本功讲起，手把手地示范，"
        "居民们听得认真，学得投入，不一会儿便有模有样。居民{4}高兴地说，家门口就能学到本领，还结识了新朋友。"
        "活动结束后，志愿者{5}协助整理场地，社区负责人{6}表示，下一步将以居民需求为导向，开展更多这样的活动。"
    )

    one = frame.format("翠屏", "市文化馆", "古琴", "孙春燕", "汪思敏", "马志远", "杜瑾")
    other = frame.format("滨江花园", "少年宫", "木版年画", "罗锐", "潘长青", "范绍辉", "宋世杰")

    assert match(one, other) is None


def test_a_corrected_number_and_a_corrected_name_leave_a_copy_a_copy() -> None:
    assert match(TEA, TEA.replace("十二个学徒", "十五个学徒").replace("六十八岁", "六十九岁")) == "reprint"


def test_articles_that_share_only_their_ending_are_no_copies() -> None:
    ending = (
        "“邻里故事”是本报开设的专栏，每周三见报，讲述普通人的生活、工作和情感。如果您身边也有值得记录的人和事，欢迎拨打热线或者"
        "发送邮件告诉我们，一经采用即付稿酬，来稿请注明真实姓名、地址和联系电话。"
    )

    assert match(TEA.split("\n")[0] + ending, RIVER[:90] + ending) is None


@pytest.mark.parametrize("length", [0, 1, 3, LEAST - 1])
def test_short_texts_are_never_copies_by_likeness(length: int) -> None:
    short = TEA.replace("\n", "")[:length]

    assert match(short, short[:-1]) is None
    assert sketch(short) == ()


def test_a_sketch_is_the_same_everywhere_and_always() -> None:
    """Rows in a database hold these numbers: other ones need another METHOD, and a rebuild."""
    assert len(sketch("春" + RIVER)) == SIZE
    assert sketch("一二三四五六七八九十" * 10)[:3] == EXPECTED


EXPECTED = (12166138726489, 19107895358515, 34173084312446)


def test_numbers_are_compared_where_their_surroundings_are_the_same() -> None:
    found = agreement(
        facts("最高气温32度，最低气温18度，晴好。"), facts("最高气温31度，最低气温18度，晴好，风力3级。")
    )

    assert found == (1, 1)


def test_edits_are_what_stands_between_shared_runs() -> None:
    one = "春天来了茶农们上山采茶忙了整整一天"
    other = "春天来了果农们上山采茶忙了整整三天"

    assert align(one, other).edits == [Edit("茶", "果")]


@pytest.mark.parametrize("body", ["", "\n\n", "？！。", "\U0001f600" * 200, "啊" * 100_000, "12345 " * 5_000])
def test_strange_texts_are_compared_without_harm(body: str) -> None:
    assert match(body, TEA) is None
    assert match(body, body + "。") in (None, "reprint")
