"""网易 NetEase (163.com): commercial portal; pictures stand centred, their captions in the next centred line.

Pages are UTF-8 since about 2019, GB18030 before. The text stands in #endText (old) or .post_body (since
2020), the headline is an h1. The editor has a staff code. Markup from saved pages of 2012 to 2020.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="netease",
    title="网易",
    hosts=("163.com",),
    site_names=("网易", "网易新闻", "网易科技", "网易财经", "网易体育", "网易订阅", "手机网易网"),
    channels=(
        Channel("domestic", "国内", ("https://news.163.com/domestic/",)),
        Channel("world", "国际", ("https://news.163.com/world/",)),
        Channel("society", "社会", ("https://news.163.com/shehui/",)),
        Channel("money", "财经", ("https://money.163.com/",)),
        Channel("tech", "科技", ("https://tech.163.com/",)),
    ),
    article_url=(r"/article/[0-9A-Z]{16}\.html", r"/\d\d/\d{4}/\d\d/[0-9A-Z]{16}(?:_\w+)?\.html"),
    deny_url=(r"//(?:v|caozhi|help|reg|comment)\.163", r"/photoview/", r"/special/"),
    templates=(
        Template("endText", ".post_content_main h1, #h1title, #epContentLeft h1", "#endText"),
        Template("post_body", ".post_title", ".post_body"),
    ),
    url_rules=UrlRules(
        version=2,
        # one id of 16 characters by date, by section, and for telephones
        forms=(
            (
                r"(?:[\w\-]+\.)*163\.com/(?:(?:[\w\-]+/)?article|\d\d/\d{4}/\d\d)/([0-9A-Z]{16})\.html",
                r"163.com/article/\1.html",
            ),
        ),
    ),
)
