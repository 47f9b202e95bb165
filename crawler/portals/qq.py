"""腾讯新闻 Tencent News (qq.com): commercial portal; its own articles and those of media accounts (企鹅号).

Pages are UTF-8 since about 2017, GB18030 before. The text stands in .content-article (since 2018) or
#Cnt-Main-Article-QQ (before). URL forms and markup from public scrapers and saved pages of 2016 to
2019.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="qq",
    title="腾讯新闻",
    hosts=("qq.com",),
    site_names=("腾讯网", "腾讯新闻", "腾讯科技", "腾讯财经", "大家_腾讯网"),
    channels=(
        Channel("news", "要闻", ("https://news.qq.com/",)),
        Channel("tech", "科技", ("https://new.qq.com/ch/tech/",)),
        Channel("finance", "财经", ("https://new.qq.com/ch/finance/",)),
    ),
    article_url=(
        r"/(?:rain|omn|omo|cmsn|rolls)/(?:a/)?(?:20\d{6}/)?[0-9A-Z]{10,}(?:\.html)?",
        r"/a/20\d{6}/\d+\.htm",
    ),
    deny_url=(r"//(?:v|mail|im|qzone|y|user|www\.weixin)\.qq",),
    templates=(
        Template("content-article", ".LEFT h1", ".content-article"),
        Template("Cnt-Main", ".hd h1", "#Cnt-Main-Article-QQ"),
    ),
    url_rules=UrlRules(
        version=2,
        drop_query=("suid", "media_id"),
        # one id, which begins with the day, on every page that shows it; xw.qq.com is for telephones
        forms=(
            (
                r"(?:[\w\-]+\.)*qq\.com/(?:rain/a|cmsid|(?:omn|omo|cmsn|rolls)(?:/a)?(?:/20\d{6})?)/"
                r"(20\d{6}[A-Z][0-9A-Z]{5,})(?:\.html)?",
                r"qq.com/rain/a/\1",
            ),
        ),
    ),
)
