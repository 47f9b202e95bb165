"""环球网 Global Times Online (huanqiu.com): world news; editions by subdomain.

Pages are UTF-8; since 2019 the server sends them with .t-container and .l-con, and the time in
milliseconds in hidden fields. Older pages have .la_con and .la_t. URL forms and markup from public
scrapers and saved pages.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="huanqiu",
    title="环球网",
    hosts=("huanqiu.com",),
    site_names=("环球网", "环球时报"),
    channels=(
        Channel("world", "国际", ("https://world.huanqiu.com/",)),
        Channel("china", "国内", ("https://china.huanqiu.com/",)),
        Channel("society", "社会", ("https://society.huanqiu.com/",)),
        Channel("tech", "科技", ("https://tech.huanqiu.com/",)),
    ),
    article_url=(r"/article/[0-9A-Za-z]{8,}$", r"/20\d\d-\d\d/\d+\.html"),
    deny_url=(r"//(?:v|bbs|photo-h5)\.huanqiu",),
    templates=(Template("la_con", ".tle", ".la_con"), Template("a-con", ".a-title", ".a-con")),
    url_rules=UrlRules(
        version=2,
        # ids are the site's, whatever edition shows them
        forms=((r"(?:[\w\-]+\.)*huanqiu\.com/article/([0-9A-Za-z]{8,})", r"huanqiu.com/article/\1"),),
    ),
)
