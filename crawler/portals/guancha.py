"""观察者网 Guancha (guancha.cn): comment and world news.

Pages are UTF-8. The headline is an h3 in .left-main, the text .content.all-txt, with a caption in the
picture's own paragraph behind a line break. The `_s` form of a URL is the whole of an article of
several pages. Markup from saved pages of 2018 to 2020, URL forms from public scrapers.
"""

from crawler.portals import Channel, Portal, Template

PORTAL = Portal(
    name="guancha",
    title="观察者网",
    hosts=("guancha.cn",),
    site_names=("观察者网", "风闻"),
    channels=(
        Channel("internation", "国际", ("https://www.guancha.cn/internation",)),
        Channel("politics", "政治", ("https://www.guancha.cn/politics",)),
        Channel("economy", "经济", ("https://www.guancha.cn/economy",)),
        Channel("industry", "产业科技", ("https://www.guancha.cn/industry-science",)),
    ),
    article_url=(r"/[\w\-]+/20\d\d_\d\d_\d\d_\d+(?:_s|_\d)?\.shtml",),
    deny_url=(r"//(?:user|member|m\.user)\.guancha",),
    templates=(Template("all-txt", ".left-main h3", ".content.all-txt"),),
)
