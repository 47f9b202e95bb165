"""凤凰网 Phoenix New Media (ifeng.com): portal of the Hong Kong broadcaster.

Pages are UTF-8. Class names end in hashes that change with every build (text-3zQ3cZD4), so no template
is declared: the general rules find headline and text. URL forms from public scrapers and saved pages of
2019 on.
"""

from crawler.portals import Channel, Portal, UrlRules

PORTAL = Portal(
    name="ifeng",
    title="凤凰网",
    hosts=("ifeng.com",),
    site_names=("凤凰网", "凤凰新闻", "凤凰网资讯", "凤凰网娱乐", "凤凰网财经"),
    channels=(
        Channel("news", "资讯", ("https://news.ifeng.com/",)),
        Channel("mainland", "大陆", ("https://news.ifeng.com/shanklist/3-35197-/",)),
        Channel("world", "国际", ("https://news.ifeng.com/shanklist/3-35199-/",)),
        Channel("finance", "财经", ("https://finance.ifeng.com/",)),
    ),
    article_url=(r"/c/[0-9A-Za-z]{8,}(?:[?#]|$)", r"/a/20\d{6}/\d+_\d+\.shtml"),
    deny_url=(r"//(?:v|bbs|blog|app)\.ifeng", r"/c/special/"),
    url_rules=UrlRules(
        version=2,
        # ids are the site's; i.ifeng.com is for telephones
        forms=((r"(?:[\w\-]+\.)*ifeng\.com/c/([0-9A-Za-z]{8,})", r"ifeng.com/c/\1"),),
    ),
)
