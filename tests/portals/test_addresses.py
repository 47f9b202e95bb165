"""Which addresses of a portal mean one article, and which never do. A row for each form that its pages have."""

from __future__ import annotations

from itertools import combinations

import pytest

from crawler.identity import url_key
from crawler.portals import Portal
from crawler.portals.registry import portal_by_name, portal_names

# the addresses of each row are one article's
ONE: dict[str, list[list[str]]] = {
    "chinanews": [
        [
            "https://www.chinanews.com.cn/sh/2022/06-30/9790001.shtml",
            "http://www.chinanews.com/sh/2022/06-30/9790001.shtml",
            "https://www.chinanews.com.cn/m/sh/2022/06-30/9790001.shtml?from=timeline",
            "http://m.chinanews.com/m/sh/2022/06-30/9790001.shtml#pl",
        ],
        [
            "http://finance.chinanews.com/cj/2012/05-30/3925781.shtml",
            "https://finance.chinanews.com.cn/cj/2012/05-30/3925781.shtml",
        ],
    ],
    "cri": [
        [
            "https://news.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html",
            "http://news.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html?spm=0.0.0.0.x",
            "http://m.news.cri.cn//20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html#top",
        ],
        [
            "http://cq.cri.cn/chinanews/20190101/0c1f8a52-77d0-4f3e-9f3a-2f0f4f6f1b11.html",
            "https://www.cq.cri.cn/chinanews/20190101/0c1f8a52-77d0-4f3e-9f3a-2f0f4f6f1b11.html?share_token=1",
        ],
        ["http://cq.cri.cn/index.html", "https://cq.cri.cn/", "https://cq.cri.cn"],
        ["https://news.cri.cn/china", "https://news.cri.cn/china/", "https://news.cri.cn/china/index.html"],
    ],
    "gmw": [
        [
            "https://culture.gmw.cn/2021-04/23/content_34790001.htm",
            "http://culture.gmw.cn/2021-04/23/content_34790001.htm?from=singlemessage",
        ]
    ],
    "guancha": [
        [
            "https://www.guancha.cn/politics/2019_09_09_517162.shtml",
            "https://m.guancha.cn/politics/2019_09_09_517162.shtml",
            "http://www.guancha.cn/politics/2019_09_09_517162.shtml?bd_vid=3",
        ]
    ],
    "huanqiu": [
        [
            "https://world.huanqiu.com/article/4Cabcdefgh1",
            "https://m.huanqiu.com/article/4Cabcdefgh1",
            "http://www.huanqiu.com/article/4Cabcdefgh1/",
        ],
        [
            "http://world.huanqiu.com/exclusive/2017-09/11230001.html",
            "https://world.huanqiu.com/exclusive/2017-09/11230001.html?from=bdwz",
        ],
    ],
    "ifeng": [
        [
            "https://news.ifeng.com/c/8Nabc12DEfg",
            "https://i.ifeng.com/c/8Nabc12DEfg",
            "http://ent.ifeng.com/c/8Nabc12DEfg#p=2",
        ],
        [
            "http://news.ifeng.com/a/20160525/48843000_0.shtml",
            "https://news.ifeng.com/a/20160525/48843000_0.shtml",
        ],
    ],
    "netease": [
        [
            "https://www.163.com/news/article/HABCDE1200018990.html",
            "https://www.163.com/dy/article/HABCDE1200018990.html?spss=dy_author",
            "http://news.163.com/22/0630/10/HABCDE1200018990.html",
            "https://3g.163.com/news/article/HABCDE1200018990.html?clickfrom=index2018_news_newslist#offset=0",
            "https://m.163.com/news/article/HABCDE1200018990.html",
        ]
    ],
    "people": [
        [
            "http://society.people.com.cn/n1/2023/0918/c1008-40079001.html",
            "https://society.people.com.cn/n1/2023/0918/c1008-40079001.html?from=groupmessage",
        ],
        [
            "http://politics.people.com.cn/GB/1026/15873400.html",
            "http://politics.people.com.cn//GB/1026/15873400.html#",
        ],
    ],
    "qq": [
        [
            "https://new.qq.com/omn/20200611/20200611A0B1C200.html",
            "https://new.qq.com/rain/a/20200611A0B1C200",
            "https://news.qq.com/rain/a/20200611A0B1C200?suid=&media_id=",
            "https://new.qq.com/cmsn/20200611/20200611A0B1C200.html",
            "https://xw.qq.com/cmsid/20200611A0B1C200",
        ],
        ["http://tech.qq.com/a/20150318/012345.htm", "https://tech.qq.com/a/20150318/012345.htm?pvid=7"],
    ],
    "sina": [
        [
            "https://news.sina.com.cn/c/2019-11-25/doc-iihnzahi3275702.shtml",
            "https://news.sina.cn/gn/2019-11-25/detail-iihnzahi3275702.d.html",
            "http://news.sina.cn/gn/2019-11-25/detail-iihnzahi3275702.d.html?vt=4",
        ],
        [
            "http://finance.sina.com.cn/money/forex/forexroll/2016-05-25/doc-ifxsktkp9337164.shtml",
            "http://finance.sina.cn/forex/hsxw/2016-05-25/detail-ifxsktkp9337164.d.html",
        ],
    ],
    "thepaper": [
        [
            "https://www.thepaper.cn/newsDetail_forward_5120001",
            "https://m.thepaper.cn/newsDetail_forward_5120001",
            "https://m.thepaper.cn/detail/5120001?from=qrcode",
            "http://www.thepaper.cn/newsDetail_forward_5120001/",
        ]
    ],
    "xinhua": [
        [
            "http://www.xinhuanet.com/politics/2018-11/08/c_1123680001.htm",
            "http://www.news.cn/politics/2018-11/08/c_1123680001.htm",
            "http://news.xinhuanet.com/politics/2018-11/08/c_1123680001.htm",
            "http://www.xinhuanet.com//politics/2018-11/08/c_1123680001.htm",
            "http://m.xinhuanet.com/2018-11/08/c_1123680001.htm",
        ],
        [
            "http://www.news.cn/local/20240322/3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c/c.html",
            "https://www.xinhuanet.com/local/20240322/3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c/c.html",
        ],
    ],
    "youth": [
        [
            "http://news.youth.cn/gn/202310/t20231012_14840001.htm",
            "https://news.youth.cn/gn/202310/t20231012_14840001.htm?isappinstalled=0",
        ]
    ],
}

# the addresses of each row mean as many different things as it has
MANY: dict[str, list[list[str]]] = {
    "chinanews": [
        [
            "https://www.chinanews.com.cn/sh/2022/06-30/9790001.shtml",
            "https://www.chinanews.com.cn/sh/2022/06-30/9790002.shtml",
            "https://www.chinanews.com.cn/sh/2022/06-29/9790001.shtml",
            "https://www.chinanews.com.cn/gn/2022/06-30/9790001.shtml",
            "https://www.chinanews.com.cn/sh/2022/06-30/9790001_2.shtml",
            "https://finance.chinanews.com.cn/sh/2022/06-30/9790001.shtml",
        ],
        [
            "https://www.chinanews.com.cn/view?id=9790001",
            "https://www.chinanews.com.cn/view?id=9790002",
            "https://www.chinanews.com.cn/view?id=9790001&page=2",
        ],
    ],
    "cri": [
        [
            "https://news.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html",
            "https://news.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b1.html",
            "https://news.cri.cn/20251011/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html",
            "https://cq.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0.html",
            "https://news.cri.cn/20251010/9e8d7c6b-5a49-4838-a726-15f4e3d2c1b0_2.html",
        ],
        [
            "http://gb.cri.cn/42071/2015/09/28/7211s5117323.htm",
            "http://gb.cri.cn/42071/2015/09/28/7211s5117323_1.htm",
            "http://gb.cri.cn/42071/2015/09/28/7211S5117323.htm",
        ],
        ["https://news.cri.cn/view?id=1", "https://news.cri.cn/view?id=2", "https://news.cri.cn/view"],
        ["https://news.cri.cn/china", "https://news.cri.cn/china-2", "https://news.cri.cn/China"],
    ],
    "gmw": [
        [
            "https://culture.gmw.cn/2021-04/23/content_34790001.htm",
            "https://culture.gmw.cn/2021-04/23/content_34790001_2.htm",
            "https://politics.gmw.cn/2021-04/23/content_34790001.htm",
            "https://culture.gmw.cn/2021-04/24/content_34790001.htm",
        ]
    ],
    "guancha": [
        [
            "https://www.guancha.cn/politics/2019_09_09_517162.shtml",
            "https://www.guancha.cn/politics/2019_09_09_517162_2.shtml",
            "https://www.guancha.cn/politics/2019_09_09_517162_s.shtml",
            "https://www.guancha.cn/politics/2019_09_09_517163.shtml",
        ]
    ],
    "huanqiu": [
        [
            "https://world.huanqiu.com/article/4Cabcdefgh1",
            "https://world.huanqiu.com/article/4Cabcdefgh2",
            "https://world.huanqiu.com/article/4CabcdefgH1",
            "https://world.huanqiu.com/article/4Cabcdefgh1?page=2",
        ],
        [
            "http://world.huanqiu.com/article/2016-11/9738273.html",
            "http://china.huanqiu.com/article/2016-11/9738273.html",
        ],
    ],
    "ifeng": [
        [
            "https://news.ifeng.com/c/8Nabc12DEfg",
            "https://news.ifeng.com/c/8Nabc12DEfG",
            "https://news.ifeng.com/c/special/8Nabc12DEfg",
        ],
        [
            "http://news.ifeng.com/a/20160525/48843000_0.shtml",
            "http://news.ifeng.com/a/20160525/48843000_1.shtml",
            "http://ent.ifeng.com/a/20160525/48843000_0.shtml",
        ],
    ],
    "netease": [
        [
            "https://www.163.com/news/article/HABCDE1200018990.html",
            "https://www.163.com/news/article/HABCDE1200018991.html",
            "http://news.163.com/22/0630/10/HABCDE1200018990_2.html",
            "http://news.163.com/22/0630/10/HABCDE1200018990_all.html",
            "https://www.163.com/news/article/habcde1200018990.html",
        ]
    ],
    "people": [
        [
            "http://society.people.com.cn/n1/2023/0918/c1008-40079001.html",
            "http://society.people.com.cn/n1/2023/0918/c1008-40079001-2.html",
            "http://society.people.com.cn/n1/2023/0918/c1001-40079001.html",
            "http://politics.people.com.cn/n1/2023/0918/c1008-40079001.html",
            "http://society.people.com.cn/n/2023/0918/c1008-40079001.html",
        ]
    ],
    "qq": [
        [
            "https://new.qq.com/omn/20200611/20200611A0B1C200.html",
            "https://new.qq.com/omn/20200611/20200611A0B1C300.html",
            "https://new.qq.com/omn/20200611/20200611a0b1c200.html",
            "https://new.qq.com/omn/20200611/20200611A0B1C2.html",
        ],
        [
            "http://tech.qq.com/a/20150318/012345.htm",
            "http://finance.qq.com/a/20150318/012345.htm",
            "http://tech.qq.com/a/20150318/012345_1.htm",
            "http://tech.qq.com/a/20150319/012345.htm",
        ],
    ],
    "sina": [
        [
            "https://news.sina.com.cn/c/2019-11-25/doc-iihnzahi3275702.shtml",
            "https://news.sina.com.cn/c/2019-11-25/doc-iihnzahi3275703.shtml",
            "https://news.sina.com.cn/c/2019-11-26/doc-iihnzahi3275702.shtml",
            "https://news.sina.com.cn/c/2019-11-25/zl-iihnzahi3275702.shtml",
            "https://news.sina.com.cn/c/2019-11-25/doc-iihnzahi3275702.shtml?p=2",
        ],
        [
            "http://news.sina.com.cn/c/2005-08-26/10466780001.shtml",
            "http://news.sina.com.cn/c/2005-08-26/10466780002.shtml",
            "http://sports.sina.com.cn/c/2005-08-26/10466780001.shtml",
        ],
    ],
    "thepaper": [
        [
            "https://www.thepaper.cn/newsDetail_forward_5120001",
            "https://www.thepaper.cn/newsDetail_forward_5120002",
            "https://www.thepaper.cn/channel_25950",
            "https://www.thepaper.cn/channel_25951",
        ]
    ],
    "xinhua": [
        [
            "http://www.xinhuanet.com/politics/2018-11/08/c_1123680001.htm",
            "http://www.xinhuanet.com/politics/2018-11/08/c_1123680001_2.htm",
            "http://www.xinhuanet.com/politics/2018-11/08/c_1123680002.htm",
            "http://www.xinhuanet.com/politics/2018-11/09/c_1123680001.htm",
            "http://www.bj.xinhuanet.com/2018-11/08/c_1123680001.htm",
        ],
        [
            "http://www.news.cn/local/20240322/3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c/c.html",
            "http://www.news.cn/local/20240322/3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8d/c.html",
            "http://www.news.cn/local/20240323/3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c/c.html",
        ],
    ],
    "youth": [
        [
            "http://news.youth.cn/gn/202310/t20231012_14840001.htm",
            "http://news.youth.cn/gn/202310/t20231012_14840002.htm",
            "http://news.youth.cn/gn/202310/t20231012_14840001_1.htm",
            "http://news.youth.cn/sz/202310/t20231012_14840001.htm",
        ]
    ],
}


def portal(name: str) -> Portal:
    found = portal_by_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", portal_names())
def test_a_portal_has_rows_of_both_kinds(name: str) -> None:
    assert ONE.get(name), f"say in ONE which addresses of {name} mean one article"
    assert MANY.get(name), f"say in MANY which addresses of {name} never do"


@pytest.mark.parametrize(
    ("name", "addresses"), [(name, row) for name, rows in ONE.items() for row in rows], ids=str
)
def test_addresses_of_one_article_have_one_key(name: str, addresses: list[str]) -> None:
    assert len({url_key(url, portal(name).url_rules) for url in addresses}) == 1


@pytest.mark.parametrize(
    ("name", "addresses"), [(name, row) for name, rows in MANY.items() for row in rows], ids=str
)
def test_addresses_of_many_articles_have_as_many_keys(name: str, addresses: list[str]) -> None:
    keys = {url: url_key(url, portal(name).url_rules) for url in addresses}

    assert [(a, b) for a, b in combinations(addresses, 2) if keys[a] == keys[b]] == []


@pytest.mark.parametrize("name", portal_names())
def test_a_key_is_the_key_of_itself(name: str) -> None:
    rules = portal(name).url_rules
    keys = [url_key(url, rules) for row in ONE[name] + MANY[name] for url in row]

    assert [key for key in keys if url_key(f"https://{key}", rules) != key] == []
