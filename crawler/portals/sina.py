"""新浪网 Sina (sina.com.cn): commercial portal; every picture has its caption in .img_descr.

Pages are UTF-8 since about 2014, GB18030 before. The headline is h1.main-title (older #artibodyTitle),
the text #artibody or #article, time and source in .date-source. Markup from saved pages of 2005 to
2019.
"""

from crawler.portals import Channel, Portal, Template, UrlRules

PORTAL = Portal(
    name="sina",
    title="新浪网",
    hosts=("sina.com.cn", "sina.cn"),
    site_names=("新浪网", "新浪新闻", "新浪财经", "新浪科技", "新浪娱乐", "手机新浪网", "新浪"),
    channels=(
        Channel("china", "国内", ("https://news.sina.com.cn/china/",)),
        Channel("world", "国际", ("https://news.sina.com.cn/world/",)),
        Channel("society", "社会", ("https://news.sina.com.cn/society/",)),
        Channel("finance", "财经", ("https://finance.sina.com.cn/",)),
        Channel("tech", "科技", ("https://tech.sina.com.cn/",)),
    ),
    article_url=(
        r"/20\d\d-\d\d-\d\d/(?:doc|detail|zl|sf)-\w+\.(?:d\.)?s?html",
        r"/20\d\d-\d\d-\d\d/\d{6,}\.shtml",
        r"/20\d{6}/\d{10,}\.shtml",
    ),
    deny_url=(r"//(?:video|blog|bbs|slide|vip|comment\d?)\.", r"/zt_d/"),
    templates=(Template("artibody", "h1.main-title, #artibodyTitle", "#artibody"),),
    url_rules=UrlRules(
        version=2,
        # sina.cn is for telephones: another channel in the path, the same day and id
        forms=(
            (
                r"(?:[\w\-]+\.)*sina(?:\.com)?\.cn/(?:[\w\-]+/)*(20\d\d-\d\d-\d\d)/"
                r"(?:doc|detail)-(i[a-z]+\d{7})\.(?:d\.)?s?html",
                r"sina.com.cn/\1/doc-\2",
            ),
        ),
    ),
)
