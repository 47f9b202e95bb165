from __future__ import annotations

import gzip

import pytest

from crawler.extract.feeds import looks_like_xml, read_feed

BASE = "https://www.example.cn/feed.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>港口新闻</title><link>https://www.example.cn/</link>
<item><title>货轮靠岸</title><link>https://www.example.cn/2024/05/01/a1.html?utm=1#top</link>
<pubDate>Wed, 01 May 2024 20:30:00 GMT</pubDate><guid isPermaLink="false">1</guid></item>
<item><title><![CDATA[雾 散了]]></title><link>/a2.html</link><pubDate>2024-05-02 08:00:00</pubDate></item>
<item><title>没有地址</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>港口</title>
<entry><title>货轮靠岸</title><link rel="self" href="/self"/><link rel="alternate" href="/a1.html"/>
<published>2024-05-01T08:00:00+08:00</published><updated>2024-06-01T08:00:00+08:00</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>港口</title></channel>
<item><title>货轮靠岸</title><link>https://www.example.cn/a1.html</link><dc:date>2024-05-01</dc:date></item></rdf:RDF>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://www.example.cn/2024/05/01/a1.html</loc><lastmod>2024-05-03</lastmod></url>
<url><loc>https://www.example.cn/about/</loc></url></urlset>"""
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://www.example.cn/a1.html</loc>
<news:news><news:publication><news:name>港口</news:name></news:publication>
<news:publication_date>2024-05-01</news:publication_date><news:title>货轮靠岸</news:title></news:news></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://www.example.cn/s1.xml</loc><lastmod>2023-01-01</lastmod></sitemap>
<sitemap><loc>https://www.example.cn/s2.xml.gz</loc><lastmod>2024-05-01</lastmod></sitemap></sitemapindex>"""


def found(text: str | bytes) -> list[tuple[str, str | None, str | None]]:
    data = text if isinstance(text, bytes) else text.encode()
    assert looks_like_xml(data)
    feed = read_feed(data, BASE)
    assert feed is not None
    return [(link.url, link.title, link.day) for link in feed.links]


def test_rss_entries_have_address_title_and_day_at_china_s_time() -> None:
    assert found(RSS) == [
        ("https://www.example.cn/2024/05/01/a1.html?utm=1", "货轮靠岸", "2024-05-02"),
        ("https://www.example.cn/a2.html", "雾 散了", "2024-05-02"),
    ]


@pytest.mark.parametrize("text", [ATOM, RDF, NEWS], ids=["atom", "rdf", "news sitemap"])
def test_other_feeds_say_the_same(text: str) -> None:
    assert found(text) == [("https://www.example.cn/a1.html", "货轮靠岸", "2024-05-01")]
    feed = read_feed(text.encode(), BASE)
    assert feed is not None
    assert feed.says_article


def test_a_plain_sitemap_lists_pages_of_every_kind() -> None:
    feed = read_feed(SITEMAP.encode(), BASE)

    assert feed is not None
    assert not feed.says_article
    assert [link.day for link in feed.links] == ["2024-05-03", None]


def test_an_index_leads_to_its_sitemaps_the_newest_first() -> None:
    feed = read_feed(INDEX.encode(), BASE)

    assert feed is not None
    assert [link.url for link in feed.sitemaps] == [
        "https://www.example.cn/s2.xml.gz",
        "https://www.example.cn/s1.xml",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_feed_is_read_in_its_own_encoding(encoding: str) -> None:
    text = RSS.replace('encoding="utf-8"', f'encoding="{encoding}"')

    feed = read_feed(text.encode(encoding), BASE)

    assert feed is not None
    assert feed.links[0].title == "货轮靠岸"


def test_a_gzipped_sitemap_is_unpacked() -> None:
    assert found(gzip.compress(NEWS.encode())) == found(NEWS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>no feed</body></html>",
        b'<?xml version="1.0"?><html><body/></html>',
        gzip.compress(b"plain text"),
        gzip.compress(NEWS.encode())[:40],
        b"\x1f\x8b broken",
        b"<rss",
        b"<?xml version='1.0'?>" + b"<a>" * 100_000,
    ],
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    feed = read_feed(body, BASE)

    assert feed is None or not feed.links


def test_entities_are_not_expanded() -> None:
    bomb = (
        '<!DOCTYPE r [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(6))
        + "]>"
    )
    feed = read_feed(
        f"{bomb}<rss><channel><item><title>&g;</title><link>https://e.cn/a</link></item></channel></rss>".encode(),
        BASE,
    )

    assert feed is None or all(len(link.title or "") < 2000 for link in feed.links)


def test_a_gzip_bomb_is_refused() -> None:
    assert read_feed(gzip.compress(b"<rss>" + b" " * (65 * 1024 * 1024)), BASE) is None
