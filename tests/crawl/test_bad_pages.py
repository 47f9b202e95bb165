"""Pages that give no article: said, counted, in the ledger; all that is good beside them is stored."""

from __future__ import annotations

import pytest

from tests.crawl.rows import page, titles
from tests.crawl.site import NEWS, Site, article, article_url, list_page

BAD = article_url(999)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 8
COOKIE_SCRIPT = (
    "<html><head><script>document.cookie='clearance='+(4217*3)+';path=/';location.reload();</script></head>"
    "<body></body></html>"
)


@pytest.mark.parametrize(
    ("body", "status", "state", "reason", "said"),
    [
        (
            "<html><body><p>关于我们</p></body></html>",
            200,
            "failed",
            "not_article",
            "not an article",
        ),
        ("", 200, "discovered", "empty", "empty"),
        (JPEG, 200, "failed", "undecodable", "picture or an archive"),
        (article(1, title=" "), 200, "failed", "no_title|not_article", ""),
        (article(1, body="<p> </p>"), 200, "failed", "no_body|not_article", ""),
        (COOKIE_SCRIPT, 200, "blocked", "challenge", "instead of the article"),
        (COOKIE_SCRIPT, 521, "blocked", "challenge", "instead of the article"),
        (
            "<html><script>var _0x1='x';eval(_0x1)</script><body>请稍候</body></html>",
            412,
            "blocked",
            "challenge",
            "instead of the article",
        ),
        ("forbidden", 403, "failed", "http_403", "HTTP 403"),
        ("gone", 404, "gone", "http_404", "gone"),
        ("busy", 503, "discovered", "http_503", "the next run tries again"),
    ],
    ids=[
        "no template",
        "empty",
        "undecodable",
        "no title",
        "no body",
        "cookie script",
        "521",
        "412",
        "403",
        "404",
        "503",
    ],
)
def test_a_page_that_gives_no_article_costs_itself_only(
    site: Site, sqlite: str, body: str | bytes, status: int, state: str, reason: str, said: str
) -> None:
    good = site.article(1)
    site.add(BAD, body, status)

    done = site.crawl("-a", f"url={good},{BAD}", database=sqlite)

    row = page(sqlite, BAD)
    assert row.state == state, done.stderr
    assert row.reason in reason.split("|")
    assert row.attempts == 1
    assert any(words in done.stderr for words in said.split("|")), done.stderr
    assert BAD in done.stderr
    assert titles(sqlite) == ["第1号码头迎来首班货轮"]
    assert done.code == 1, "a start URL failed"


def test_a_redirect_to_another_protocol_is_said_and_not_followed(site: Site, sqlite: str) -> None:
    url = site.add(article_url(5), "", 302, Location="file:///etc/passwd")

    done = site.crawl("-a", f"url={url}", database=sqlite)

    assert done.code == 1
    assert "leads to file:///etc/passwd, which is not followed" in done.stderr
    assert page(sqlite, url).reason == "redirect_refused"


def test_a_bad_page_that_nobody_named_does_not_fail_the_run(site: Site, sqlite: str) -> None:
    good = site.article(1)
    site.add(BAD, COOKIE_SCRIPT)
    site.add(f"{NEWS}/china", list_page([good, BAD]))

    done = site.crawl("-a", "channel=china", database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["第1号码头迎来首班货轮"]
    assert "blocked" in done.stderr


def test_nul_and_lone_surrogates_are_cleaned_out_of_the_text(site: Site, sqlite: str) -> None:
    dirty = article(3, title="港\x00口&#xD800;晨\x07雾")
    url = site.add(article_url(3), dirty.encode("utf-8", "surrogatepass"))

    done = site.crawl("-a", f"url={url}", database=sqlite)

    assert done.code == 0, done.stderr
    (title,) = titles(sqlite)
    assert title.replace("\ufffd", "") == "港口晨雾"
    title.encode()


def test_a_list_page_without_links_is_said(site: Site, sqlite: str) -> None:
    url = site.add(f"{NEWS}/china", "<html><body><h1>国内</h1><p>暂无内容</p></body></html>")

    done = site.crawl("-a", "channel=china", database=sqlite)

    assert done.code == 1
    assert "no link to an article" in done.stderr
    assert page(sqlite, url).state == "failed"
    assert page(sqlite, url).reason == "no_links"


def test_a_link_of_ten_thousand_characters_costs_itself_only(site: Site, sqlite: str) -> None:
    good, endless = site.article(1), f"{NEWS}/20230510/{'a' * 10_000}.html"
    site.add(f"{NEWS}/china", list_page([endless, good], f"/china-2?{'b' * 10_000}"))

    done = site.crawl("-a", "channel=china", database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["第1号码头迎来首班货轮"]
    assert "bad_link" in done.stderr


def test_a_server_that_refuses_the_connection_is_said_and_tried_again_by_the_next_run(
    site: Site, sqlite: str
) -> None:
    url = site.article(4)
    site.close()

    refused = site.crawl("-a", f"url={url}", database=sqlite)

    assert refused.code == 1
    assert "could not be read" in refused.stderr  # robots.txt comes first
    assert page(sqlite, url).state == "discovered"


def test_a_refused_connection_past_robots_txt_is_named_as_such(site: Site, sqlite: str) -> None:
    url = site.article(4)
    site.close()

    refused = site.crawl("-a", f"url={url}", database=sqlite, ROBOTSTXT_OBEY=0)

    assert refused.code == 1
    assert "refuses the connection" in refused.stderr
    assert page(sqlite, url).reason == "connection_refused"
