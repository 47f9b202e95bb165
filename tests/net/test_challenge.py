"""Challenges and login pages are told from articles."""

from __future__ import annotations

import time

import pytest

from crawler.challenge import challenge

HTML = {"Content-Type": "text/html; charset=utf-8"}
PARAGRAPH = (
    "重庆市妇联近日组织医务人员走进山村，为留守老人和儿童义诊，并送去常用药品和御寒衣物，受到村民欢迎。"
)
NAVIGATION = "".join(f'<a href="/{n}/">频道{n}</a>' for n in range(20))
SCRIPTS = """<script>document.cookie = "uv=" + Math.random(); if (top != self) location.reload();</script>
<script>var _hmt = _hmt || []; eval(function(p,a,c,k,e,r){return p}('0',1,1,'x'.split('|'),0,{}))</script>
<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>"""
LOGIN_BOX = (
    '<form action="/login"><input name="u"><input type="password" name="p"><button>登录</button></form>'
)


def article(paragraphs: int, *, extra: str = "", text: str = PARAGRAPH) -> bytes:
    body = "".join(f"<p>　　{text}</p>" for _ in range(paragraphs))
    page = (
        f"<html><head><title>山村义诊-国际在线</title>{SCRIPTS}</head><body>{extra}<div>{NAVIGATION}</div>"
        f'<h1 id="goTop">山村义诊</h1><div class="info">2017-04-06 15:07:56 来源：人民网</div>'
        f'<div id="abody">{body}</div><div class="footer">国际在线版权所有</div></body></html>'
    )
    return page.encode()


CHALLENGES = {
    "521 with a script": (521, b"<script>x()</script>"),
    "412 with a script": (412, b"<html><script>$_ts={}</script></html>"),
    "429": (429, b""),
    "401": (401, b"<p>Authorization required</p>"),
    "cookie and reload": (
        200,
        b"<html><script>document.cookie='a=1;path=/';window.location.reload(true);</script></html>",
    ),
    "cookie by index, jump by assignment": (
        200,
        b"<script>document['cookie']='a=1'; location = location.pathname;</script>",
    ),
    "jsl": (200, b"<script>var s='__jsl_clearance=1|0|x';go(s)</script>"),
    "acw_sc": (200, b"<html><script>var arg1='AB12';setCookie('acw_sc__v2',x);</script></html>"),
    "ruishu": (202, b"<html><head><script>$_ts=window['$_ts'];</script></head><body></body></html>"),
    "packed": (200, b"<script>eval(function(p,a,c,k,e,d){return p}('1',2,2,'a|b'.split('|')))</script>"),
    "cloudflare": (
        403,
        b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script><p>Checking your browser</p>",
    ),
    "verification words": (
        200,
        "<title>安全验证</title><p>请完成安全验证后继续访问</p><script src=/c.js></script>".encode(),
    ),
    "visit verification in gb2312": (
        200,
        "<title>访问验证</title><form><input name=code>请输入验证码</form>".encode("gb2312"),
    ),
    "403 verification": (403, "<title>访问被拦截</title><p>您的访问过于频繁，请稍后再试</p>".encode()),
    "503 checks": (503, b"<html><p>Checking your browser before accessing</p></html>"),
    "login": (200, f"<title>用户登录</title><h2>用户登录</h2>{LOGIN_BOX}<a>忘记密码</a>".encode()),
    "login with terms": (
        200,
        f"<title>登录</title>{LOGIN_BOX}{'<a>服务条款</a>' * 120}".encode(),
    ),
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_or_login_page_is_named(name: str) -> None:
    status, body = CHALLENGES[name]

    assert challenge(status, HTML, body)


ORDINARY = {
    "a long article full of scripts": (200, article(30)),
    "a short article full of scripts": (200, article(2)),
    "an article of one paragraph": (200, article(1)),
    "an article with a login box": (200, article(3, extra=LOGIN_BOX)),
    "a short article with a login box": (200, article(1, extra=LOGIN_BOX)),
    "an article about verification": (
        200,
        article(3, text="多家网站上线人机验证，用户请完成安全验证后再登录。" * 2),
    ),
    "an article that quotes a challenge cookie": (200, article(4, extra="<p>__jsl_clearance</p>")),
    "a bare article": (200, f"<title>访问验证</title><p>{PARAGRAPH}</p>".encode()),
    "an empty page": (200, b""),
    "an empty document": (200, b"<html><body></body></html>"),
    "NUL bytes": (200, b"\x00" * 100),
    "a plain 404": (404, b"<html><title>404 Not Found</title><h1>404 Not Found</h1></html>"),
    "a plain 403": (403, b"<html><title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx</html>"),
    "a plain 503": (503, b"<html><h1>503 Service Temporarily Unavailable</h1></html>"),
    "a 412 without a script": (412, b"Precondition failed"),
    "a page drawn by scripts": (200, b'<div id="app"></div><script src="/app.js"></script>'),
    "a page that only leads elsewhere": (200, b"<script>location.href='/index.html'</script>"),
    "a list page": (200, f"<ul>{NAVIGATION * 5}</ul>{SCRIPTS}".encode()),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_is_none(name: str) -> None:
    status, body = ORDINARY[name]

    assert challenge(status, HTML, body) is None


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_article_pages_of_every_length_pass(charset: str) -> None:
    for paragraphs in range(1, 60):
        page = article(paragraphs).decode().encode(charset)
        assert challenge(200, HTML, page) is None, paragraphs


def test_only_html_can_be_a_challenge_of_status_200() -> None:
    body = b"<script>document.cookie='a';location.reload()</script>"

    assert challenge(200, {"content-type": "image/svg+xml"}, body) is None
    assert challenge(200, {b"Content-Type": [b"text/html"]}, body)  # as in Scrapy's Headers
    assert challenge(200, {b"Content-Type": [b"image/jpeg"]}, body) is None
    assert challenge(200, {}, body)


@pytest.mark.parametrize(
    "body",
    [
        b"<script" * 70_000,
        b"<div>" * 100_000,
        b"<input type=password " + b"a" * 500_000,
        b"<!--" * 120_000 + b"password",
        b"document.cookie" * 34_000 + b"<script>",
    ],
)
def test_hostile_pages_take_no_time(body: bytes) -> None:
    began = time.perf_counter()

    challenge(200, HTML, body)

    assert time.perf_counter() - began < 1
