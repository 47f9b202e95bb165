"""人民网 People's Daily Online (people.com.cn): the party paper's portal, with channels on subdomains.

Pages are UTF-8 since about 2019, GB18030 before, declared GB2312. The headline is an h1; the text stood
in .box_con until about 2020 and stands in .rm_txt_con since. Feeds and URL forms from public feed
lists, markup from public scrapers' configurations and saved pages of 2016 to 2024.
"""

from crawler.portals import Channel, Portal, Template

PORTAL = Portal(
    name="people",
    title="人民网",
    hosts=("people.com.cn", "people.cn"),
    site_names=("人民网", "人民日报", "people.cn"),
    channels=(
        Channel(
            "politics",
            "时政",
            ("http://politics.people.com.cn/",),
            ("http://www.people.com.cn/rss/politics.xml",),
        ),
        Channel(
            "world", "国际", ("http://world.people.com.cn/",), ("http://www.people.com.cn/rss/world.xml",)
        ),
        Channel(
            "finance",
            "财经",
            ("http://finance.people.com.cn/",),
            ("http://www.people.com.cn/rss/finance.xml",),
        ),
        Channel("society", "社会", ("http://society.people.com.cn/",)),
    ),
    article_url=(r"/n[12]?/20\d\d/\d{4}/c\d+-\d+(?:-\d+)?\.html", r"/GB/(?:\d+/)+\d{6,}\.html"),
    deny_url=(r"//(?:bbs|blog|tv|v|vip|app)\.people", r"/index\d*\.html$"),
    templates=(Template("rm_txt", "h1", ".rm_txt_con"), Template("box_con", "h1", ".box_con")),
)
