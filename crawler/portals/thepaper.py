"""澎湃新闻 The Paper (thepaper.cn): Shanghai's digital newspaper.

Pages are UTF-8. Until 2022 the text stood in .news_txt as bare lines between <br> and divs; since then
class names end in hashes, and the general rules read it. URL forms from public scrapers, markup from
saved pages of 2019, 2020.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="thepaper",
    title="澎湃新闻",
    hosts=("thepaper.cn",),
    site_names=("澎湃新闻", "澎湃新闻-The Paper", "The Paper"),
    channels=(
        Channel("news", "时事", ("https://www.thepaper.cn/channel_25950",)),
        Channel("world", "国际", ("https://www.thepaper.cn/channel_122908",)),
        Channel("finance", "财经", ("https://www.thepaper.cn/channel_25951",)),
    ),
    article_url=(r"/newsDetail_forward_\d+",),
    deny_url=(r"/video_", r"/download"),
    templates=(Template("news_txt", "h1.news_title", ".news_txt"),),
    url_rules=UrlRules(
        version=2,
        # m.thepaper.cn/detail/ID is for telephones
        forms=((r"thepaper\.cn/(?:newsDetail_forward_|detail/)(\d+)", r"thepaper.cn/newsDetail_forward_\1"),),
    ),
)
