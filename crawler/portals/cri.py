"""国际在线 CRI Online (cri.cn, formerly crionline.cn): national portal and regional sites.

Pages are UTF-8, older ones GB18030 whatever they declare. Ids are stable while wrappers change, so the
templates are told apart by headline and byline. The rules rest on the seed article and on public
descriptions of the markup (2017 to 2025), not on live pages: check them with `scrapy doctor cri`.
"""

from crawler.portals import Channel, ListRule, Portal, Template

PORTAL = Portal(
    name="cri",
    title="国际在线",
    hosts=("cri.cn", "crionline.cn"),
    site_names=("国际在线", "CRI Online", "CRI", "国际在线新闻", "国际在线移动版"),
    channels=(
        Channel("china", "国内", ("https://news.cri.cn/china",)),
        Channel("world", "国际", ("https://news.cri.cn/world",)),
        Channel("roll", "滚动", ("https://news.cri.cn/roll",)),
        Channel("cq", "重庆频道", ("https://cq.cri.cn/",)),
        Channel("hb", "湖北频道", ("https://hb.cri.cn/",)),
        Channel("sn", "陕西频道", ("https://sn.cri.cn/",)),
        Channel("city", "城市频道", ("https://city.cri.cn/",)),
        Channel("ent", "文娱", ("https://ent.cri.cn/",)),
        Channel("money", "财经", ("https://money.cri.cn/",)),
    ),
    article_url=(
        r"/20\d{6}/[0-9A-Za-z\-]{4,}(?:_\d+)?\.html",
        r"/20\d\d/\d\d/\d\d/\w+(?:[_\-]\w+)*\.html?",
    ),
    # a regional site's home page shows the newest of each column; its columns page on
    column_url=(r"//(?!news\.|www\.)[a-z]+\.cri\.cn/[a-z]\w*/?$",),
    deny_url=(
        r"/special/",
        r"/list/",
        r"/live/",
        r"/video/",
        r"/audio/",
        r"/index\.html?$",
        r"/sitemap\.html",
        r"\.(?:mp4|mp3|zip|apk|pdf)$",
    ),
    lists=(
        ListRule(".sftx-list.more-list li", ".sftx-list-text > a", ".sftx-list-time"),
        ListRule(".list-box > ul > li", "h4 > a, .list-title > a", ".list-time"),
        ListRule(".title-p", "a"),
        ListRule(".title-list", "a"),
        ListRule("body > div > ul > li", "a", "[class*=time], [class*=date], span"),
    ),
    fragments=(r"""["'(=]\s*((?:https?:)?/{0,2}[\w./\-]*/inc/[0-9A-Za-z\-]+-\d+\.inc)""",),
    templates=(
        Template(
            name="article",
            title="#atitle, .list-title.atitle",
            body="#abody, .list-abody",
            byline=".list-brief, .article-info",
            time="#apublishtime, #acreatedtime",
            source="#asource",
            editor="#aeditor",
            breadcrumb=".crumbs, .crumb, .breadcrumb",
        ),
        Template(
            name="regional",
            title="h1.article-tit, h1.goTop, .article-tit, .Atitle, .caption.marginTop15 > p",
            body=".article-txt, #abody, .u-mainText, .h-contentMain",
            byline=".article-info, .sign.left, .sign",
            time="#acreatedtime, #apublishtime",
            source="#asource",
            editor="#aeditor",
            breadcrumb=".crumbs, .crumb, .breadcrumb",
        ),
        Template(
            name="info",
            title=".con-title h3, .con-title h1, .con-title",
            body=".abody, .u-mainText, .h-contentMain, .starshow03-text",
            byline=".info",
            breadcrumb=".crumbs, .crumb, .breadcrumb",
        ),
        Template(
            name="slider",
            title=".slider-top h3, .slider-top h1",
            slides=".slider li",
            byline=".slider-tinfo, .slider-tinfo-left",
            breadcrumb=".crumbs, .crumb, .breadcrumb",
        ),
    ),
)
