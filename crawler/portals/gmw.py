"""光明网 Guangming Online (gmw.cn): culture, science and comment.

Pages are UTF-8, older ones GB18030. The headline is h1.u-title, the text #articleBox or .u-mainText,
older #contentMain; the editor stands in brackets below. Markup from public scrapers and saved pages of
2016 to 2020.
"""

from crawler.portals import Channel, Portal, Template

PORTAL = Portal(
    name="gmw",
    title="光明网",
    hosts=("gmw.cn",),
    site_names=("光明网", "光明日报"),
    channels=(
        Channel("politics", "时政", ("https://politics.gmw.cn/",)),
        Channel("world", "国际", ("https://world.gmw.cn/",)),
        Channel("culture", "文化", ("https://culture.gmw.cn/",)),
        Channel("tech", "科技", ("https://tech.gmw.cn/",)),
    ),
    article_url=(r"/20\d\d-\d\d/\d\d/content_\d+(?:_\d+)?\.htm",),
    deny_url=(r"/node_\d+", r"//(?:bbs|blog|v)\.gmw"),
    templates=(Template("mainText", "h1.u-title, #articleTitle", ".u-mainText, #contentMain"),),
)
