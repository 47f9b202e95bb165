"""新华网 Xinhua (news.cn, xinhuanet.com): the state agency's portal.

Pages are UTF-8. The text stands in #p-detail (until about 2020) or #detail, the headline in .h-title,
.head-line or #title, the date in several spans of .header-time. URL forms from public scrapers, markup
from saved pages of 2016 to 2024.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="xinhua",
    title="新华网",
    hosts=("news.cn", "xinhuanet.com"),
    site_names=("新华网", "新华社", "news.cn"),
    channels=(
        Channel(
            "politics",
            "时政",
            ("http://www.news.cn/politics/",),
            ("http://www.xinhuanet.com/politics/news_politics.xml",),
        ),
        Channel("world", "国际", ("http://www.news.cn/world/",)),
        Channel("local", "地方", ("http://www.news.cn/local/",)),
        Channel("fortune", "财经", ("http://www.news.cn/fortune/",)),
        Channel("photo", "图片", ("http://www.news.cn/photo/",)),
    ),
    article_url=(r"/20\d\d-\d\d/\d\d/c_\d+(?:_\d+)?\.htm", r"/20\d{6}/[0-9a-f]{20,}/c\.html"),
    deny_url=(r"//(?:my-h5news|vod|uc|forum|search)\.",),
    templates=(
        Template("p-detail", ".h-title", "#p-detail"),
        Template("detail", ".head-line .title, h1 .title", "#detail"),
    ),
    url_rules=UrlRules(
        version=2,
        # the domain was xinhuanet.com, and news.xinhuanet.com before; telephones get no channel in the path
        forms=(
            (
                r"(?:news\.)?(?:xinhuanet\.com|news\.cn)/(?:[\w\-]+/)*(20\d\d-\d\d/\d\d/c_\d{9,})\.htm",
                r"news.cn/\1.htm",
            ),
            (
                r"(?:[\w\-]+\.)*(?:xinhuanet\.com|news\.cn)/(?:[\w\-]+/)*(20\d{6}/[0-9a-f]{32})/c\.html",
                r"news.cn/\1/c.html",
            ),
        ),
    ),
)
