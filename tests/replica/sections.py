"""The replica's map: its hosts, the sections of each, and how their lists and URLs look. Data only."""

from __future__ import annotations

from dataclasses import dataclass

NEWS = "news.cri.cn"
PICTURES = "p2.cri.cn"
HOSTS = (NEWS, "cq.cri.cn", "hb.cri.cn", "sn.cri.cn", "city.cri.cn", "ent.cri.cn", "money.cri.cn", PICTURES)


@dataclass(frozen=True, slots=True)
class Section:
    """A list of articles, and the place where each of them has its URL."""

    key: str
    channel: str
    """The portal's channel that leads to it (crawler/portals/cri.py)."""
    host: str
    path: str
    """Path of its first list page."""
    crumbs: tuple[str, ...]
    weight: int
    """Share of all articles, in hundredths."""
    paging: str
    """How page N is named: inc, dash (/world-2), index-dash, index-underscore, query."""
    markup: str
    """sftx, h4, list-title, title-list: the form of its entries."""
    article: str = "/{day}/{uuid}.html"
    """Path of an article: {day} 20251010, {y} {m} {d}, {uuid} or {number}."""
    scheme: str = "https"
    cities: str = "domestic"
    """Name of the list in places.txt where its news comes from."""
    templates: tuple[str, ...] = ("article",)
    """Drawn from with equal chances."""
    topics: tuple[str, ...] = ()
    """Names of files in topics/; none means all of them."""


_MIXED = ("article", "article", "article", "article", "article", "article", "info", "regional")
_LOCAL = ("regional", "regional", "regional", "regional", "info", "article")

SECTIONS: tuple[Section, ...] = (
    Section("china", "china", NEWS, "/china", ("国内",), 24, "inc", "sftx", templates=_MIXED),
    Section(
        "world", "world", NEWS, "/world", ("国际",), 12, "dash", "list-title",
        cities="abroad", templates=_MIXED,
    ),
    Section("roll", "roll", NEWS, "/roll", ("滚动",), 10, "index-dash", "h4", templates=_MIXED),
    Section(
        "cq-chinanews", "cq", "cq.cri.cn", "/chinanews", ("重庆频道", "要闻"), 8, "index-underscore", "h4",
        "/chinanews/{day}/{uuid}.html", cities="chongqing", templates=_LOCAL,
    ),
    Section(
        "cq-minsheng", "cq", "cq.cri.cn", "/minsheng", ("重庆频道", "民生"), 8, "index-underscore",
        "title-list", "/minsheng/{day}/{uuid}.html", cities="chongqing", templates=_LOCAL,
    ),
    Section(
        "hb-yaowen", "hb", "hb.cri.cn", "/yaowen", ("湖北频道", "要闻"), 6, "query", "list-title",
        "/yaowen/{day}/{uuid}.html", cities="hubei", templates=_LOCAL,
    ),
    Section(
        "hb-wenhua", "hb", "hb.cri.cn", "/wenhua", ("湖北频道", "文化"), 4, "query", "title-list",
        "/wenhua/{day}/{uuid}.html", cities="hubei", templates=_LOCAL,
        topics=("heritage", "tourism", "sport", "school"),
    ),
    Section(
        "sn-n", "sn", "sn.cri.cn", "/n", ("陕西频道", "新闻"), 6, "dash", "h4",
        "/n/{day}/{uuid}.html", cities="shaanxi", templates=_LOCAL,
    ),
    Section(
        "sn-jiaoyu", "sn", "sn.cri.cn", "/jiaoyu", ("陕西频道", "教育"), 3, "dash", "title-list",
        "/n/{day}/{uuid}.html", cities="shaanxi", templates=_LOCAL, topics=("school", "science"),
    ),
    Section(
        "city-csxw", "city", "city.cri.cn", "/csxw", ("城市频道", "城市新闻"), 7, "index-underscore",
        "sftx", templates=("article", "article", "regional"),
    ),
    Section(
        "ent-wenyu", "ent", "ent.cri.cn", "/wenyu", ("文娱", "文化"), 5, "dash", "list-title",
        "/42071/{y}/{m}/{d}/7211s{number}.htm", scheme="http", templates=("info", "info", "regional"),
        topics=("heritage", "tourism", "sport"),
    ),
    Section(
        "money-hongguan", "money", "money.cri.cn", "/hongguan", ("财经", "宏观"), 4, "index-dash", "h4",
        "/303/{y}/{m}/{d}/{uuid}.html", scheme="http", templates=("info", "article"),
        topics=("industry", "farming", "transport", "science"),
    ),
    Section(
        "money-chanye", "money", "money.cri.cn", "/chanye", ("财经", "产业"), 3, "index-dash", "title-list",
        "/303/{y}/{m}/{d}/{uuid}.html", scheme="http", templates=("info", "article"),
        topics=("industry", "farming", "transport"),
    ),
)  # fmt: skip
HOST_TITLES = {
    NEWS: "新闻",
    "cq.cri.cn": "重庆频道",
    "hb.cri.cn": "湖北频道",
    "sn.cri.cn": "陕西频道",
    "city.cri.cn": "城市频道",
    "ent.cri.cn": "文娱",
    "money.cri.cn": "财经",
}
if sum(section.weight for section in SECTIONS) != 100:
    raise ValueError("tests/replica/sections.py: the weights must add up to 100")
