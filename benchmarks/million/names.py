"""Who and where: portals, channels, sources, places and people. All invented but the agencies' names."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from benchmarks.million.letters import LETTERS, SHARES
from benchmarks.million.sampling import Pool, zipf
from benchmarks.million.tables import table

PLACES = table("places")


class Site(NamedTuple):
    """A portal of the benchmark."""

    name: str
    title: str

    @property
    def host(self) -> str:
        return f"{self.name}.example"


SITES = [Site(*entry.split("=")) for entry in table("portals")]
SITE_OF = zipf(len(SITES), 0.8)
_SECTIONS = ["新闻", "财经", "社会", "体育", "文化", "教育", "科技", "地方", "图片", "生活"]
_THEMES = ["国内", "国际", "要闻", "滚动", "民生", "法治", "评论", "人物", "观察", "专题"]
CHANNELS = [[f"{section}频道", theme] for section, theme in product(_SECTIONS, _THEMES)]
CHANNEL_OF = zipf(len(CHANNELS), 0.9)
SOURCES = Pool(
    [
        *[
            "新华社",
            "新华网",
            "人民网",
            "中国新闻网",
            "人民日报",
            "央视新闻客户端",
            "国际在线",
            "光明网",
            "中国青年报",
            "经济日报",
        ],
        *(site.title for site in SITES),
        *(
            place + paper
            for paper, place in product(
                ["日报", "晚报", "新闻网", "广播电视台", "发布", "都市报", "商报"], PLACES
            )
        ),
    ][:300]
)


def _people(count: int) -> list[str]:
    """Distinct names: a common surname and one or two characters."""
    rng = np.random.default_rng(1911)
    surnames = Pool(
        list(
            "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
        ),
        0.6,
        4,
    )
    given = np.array(list(LETTERS[:1800]))
    shares = SHARES[:1800] / SHARES[:1800].sum()
    names: dict[str, None] = {}
    while len(names) < count:
        firsts = surnames.draw(rng, count)
        seconds = rng.choice(given, size=(count, 2), p=shares)
        alone = rng.random(count) < 0.2
        for first, (a, b), short in zip(firsts, seconds.tolist(), alone.tolist(), strict=True):
            names[first + a + ("" if short else b)] = None
    return list(names)[:count]


_ALL = _people(9_500)
PEOPLE = _ALL[:4_000]
"""Of whom the news tell: part of the vocabulary."""
REPORTERS = Pool(_ALL[4_000:7_000], 0.7, 5)
EDITORS = Pool(_ALL[7_000:7_500], 0.7, 3)
PHOTOGRAPHERS = Pool(_ALL[7_500:], 0.9, 2)
