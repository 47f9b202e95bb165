"""中国青年网 Youth.cn (youth.cn): portal of the youth league.

Pages are UTF-8 since about 2018, GB18030 before; they carry hidden #pubtime_baidu, #source_baidu,
#editor_baidu. The text stands in .TRS_Editor or #container, captions in the next centred paragraph.
Markup from public scrapers and saved pages of 2017 and 2024.
"""

from crawler.portals import Channel, Portal, Template

PORTAL = Portal(
    name="youth",
    title="中国青年网",
    hosts=("youth.cn",),
    site_names=("中国青年网", "中青网", "中青在线"),
    channels=(
        Channel("domestic", "国内", ("http://news.youth.cn/gn/",)),
        Channel("world", "国际", ("http://news.youth.cn/gj/",)),
        Channel("politics", "时政", ("http://news.youth.cn/sz/",)),
        Channel("society", "社会", ("http://news.youth.cn/sh/",)),
    ),
    article_url=(r"/20\d{4}/t20\d{6}_\d+(?:_\d+)?\.htm",),
    deny_url=(r"//(?:v|bbs|blog)\.youth",),
    templates=(Template("trs", ".pbt, .page_title h1, .l_tit", ".TRS_Editor, #container"),),
)
