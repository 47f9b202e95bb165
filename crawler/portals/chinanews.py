"""中新网 China News Service (chinanews.com.cn): the second state agency, with pictures and a rolling list.

Pages are UTF-8 since about 2020, GB18030 before. The text stands in .left_zw, the time and source in
.left-time, the editor in brackets at the end. Feeds and URL forms from public feed lists and scrapers.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="chinanews",
    title="中新网",
    hosts=("chinanews.com.cn", "chinanews.com"),
    site_names=("中新网", "中国新闻网"),
    channels=(
        Channel(
            "scroll",
            "滚动",
            ("https://www.chinanews.com.cn/scroll-news/news1.html",),
            ("https://www.chinanews.com.cn/rss/scroll-news.xml",),
        ),
        Channel("china", "国内", feeds=("https://www.chinanews.com.cn/rss/china.xml",)),
        Channel("world", "国际", feeds=("https://www.chinanews.com.cn/rss/world.xml",)),
        Channel("society", "社会", feeds=("https://www.chinanews.com.cn/rss/society.xml",)),
        Channel("finance", "财经", feeds=("https://www.chinanews.com.cn/rss/finance.xml",)),
    ),
    article_url=(
        r"/[a-z]+/(?:20\d\d/)?20?\d\d[/\-]\d\d-\d\d/\d+\.shtml",
        r"/[a-z]+/20\d\d/\d\d-\d\d/\d+\.shtml",
    ),
    deny_url=(r"/shipin/", r"/scroll-news/"),
    templates=(Template("left_zw", "h1.content_left_title, .content h1, h1", ".left_zw"),),
    url_rules=UrlRules(
        version=2,
        # the domain was chinanews.com until 2021; /m/ is for telephones
        forms=(
            (
                r"((?:[a-z]+\.)?)chinanews\.com(?:\.cn)?(?:/m)?(/[a-z]+/(?:20\d\d|\d\d)[\d/\-]*/\d+\.shtml)",
                r"\1chinanews.com.cn\2",
            ),
        ),
    ),
)
