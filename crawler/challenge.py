"""Tells a challenge, a verification or a login page from an article. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

_NON_ASCII = bytes(range(0x80, 0x100))
_MUCH_CHINESE = 3000  # bytes outside ASCII: 1,000 characters, which no challenge page has
_REFUSALS = (403, 405, 503)
_LARGE = 512 * 1024  # bytes: challenge pages are small
_READABLE = 900  # bytes outside ASCII and outside scripts: more than _SHORT characters in any encoding
_LITTLE = 60  # visible characters of a page that is only a script
_SHORT = 300  # visible characters of a page that asks the reader to prove something
_LOGIN = 400  # visible characters of a login page, its links included
_PARAGRAPH = 60  # characters: a paragraph this long is text to read, not an instruction

# what only challenge scripts hold: of Chuangyu, Alibaba Cloud, Ruishu, 360, Yunsuo, Tencent, Cloudflare
_MARKS = re.compile(
    rb"__jsl_clearance|acw_sc__v[23]|\$_ts\s*=|wzws_|yunsuo_session|security_session_verify|_____tmd_____"
    rb"|x5secdata|_cf_chl_opt|cf-browser-verification|waf_captcha|aliyun_waf|TencentCaptcha|initGeetest",
    re.I,
)
_SETS_COOKIE = re.compile(
    rb"document\s*(?:\.\s*cookie|\[\s*['\"]cookie['\"]\s*\])\s*=|set_?cookie\s*\(", re.I
)
_RELOADS = re.compile(rb"location\s*(?:\.\s*(?:reload|replace|href|assign)|=|\[)|\.submit\s*\(", re.I)
_PACKED = re.compile(rb"eval\s*\(\s*(?:function\s*\(\s*p\s*,|atob|unescape|String)|_0x[0-9a-f]{4,6}\b")
_WORDS = re.compile(
    "请完成(?:下列|以下|下方)?(?:安全)?验证|访问验证|安全验证|人机验证|滑动验证|拖动滑块|请输入验证码|点击按钮进行验证"
    "|(?:访问|请求|操作)(?:过于|太)频繁|(?:访问|请求)(?:已)?被(?:拦截|阻断|拒绝|禁止)|疑似(?:黑客)?攻击|网站防火墙"
    "|(?:开启|启用)\\s*JavaScript|checking your browser|just a moment|verify (?:that )?you are (?:a )?human"
    "|attention required|enable javascript and cookies",
    re.I,
)
_LOGIN_TITLE = re.compile(r"登录|登陆|统一身份认证|log ?in|sign ?in", re.I)
_BYLINE = re.compile("来源|稿源|责编|责任编辑|编辑[:：]|记者|通讯员")
_SUSPICIOUS = re.compile(rb"<script|<form|<input|<iframe", re.I)
_SCRIPT = re.compile(rb"<script", re.I)
_SCRIPT_END = re.compile(rb"</script", re.I)
_PASSWORD = re.compile(rb"password", re.I)
_SEEN = etree.XPath(
    "//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
    " or ancestor::head)]"
)


def challenge(status: int, headers: Mapping[Any, Any], body: bytes) -> str | None:
    """Why a response is a challenge or login page; None for an ordinary page, a plain error or no HTML.

    `headers` as plain text, or as Scrapy's Headers (bytes, lists). The reason is a short phrase, without URL.
    """
    if status == 429:
        return "HTTP 429, the host asks for fewer requests"
    if status == 401:
        return "HTTP 401, the host asks for a login"
    kind = _content_type(headers)
    if kind and not any(known in kind for known in ("html", "text/plain", "octet-stream")):
        return None
    if status in (412, 521) and _SCRIPT.search(body):
        return f"HTTP {status} with a script, a challenge for browsers"
    if len(body) > _LARGE or _non_ascii(body) > _MUCH_CHINESE:
        return None
    if not _SUSPICIOUS.search(body) and status not in _REFUSALS:
        return None
    # most pages end here, before anything is parsed: more to read than a challenge has, and no login
    if not _PASSWORD.search(body) and _non_ascii(_outside_scripts(body)) > _READABLE:
        return None
    return _Page(body).reason(status)


def _non_ascii(data: bytes) -> int:
    return len(data) - len(data.translate(None, _NON_ASCII))


def _outside_scripts(body: bytes) -> bytes:
    """The page without its scripts; piece by piece, since one pattern over both ends may take for ever."""
    first, *rest = _SCRIPT.split(body)
    ends = [(piece, _SCRIPT_END.search(piece)) for piece in rest]
    return first + b"".join(piece[end.end() :] for piece, end in ends if end)


def _content_type(headers: Mapping[Any, Any]) -> str:
    for name, value in headers.items():
        if _plain(name).lower() == "content-type":
            return _plain(value).lower()
    return ""


def _plain(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _Page:
    """A small page, with what a reader sees of it."""

    def __init__(self, body: bytes) -> None:
        tree = _parse(body)
        self.scripts = b"" if tree is None else "\n".join(_texts(tree, "script")).encode("utf-8", "replace")
        self.title = "" if tree is None else " ".join("".join(_texts(tree, "title")).split())
        pieces = [] if tree is None else visible(tree)
        self.text = " ".join(" ".join(pieces).split())
        self.length = sum(len(piece) for piece in self.text.split())
        longest = max((len(piece) for piece in pieces), default=0)
        self.reads = longest >= _PARAGRAPH or bool(_BYLINE.search(self.text))
        self.asks_password = tree is not None and bool(
            tree.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']")
        )
        self.acts = tree is not None and bool(tree.xpath("//script | //form | //input | //iframe"))

    def reason(self, status: int) -> str | None:
        if self.length < _SHORT and _MARKS.search(self.scripts):
            return f"a challenge script ({_first(_MARKS, self.scripts)})"
        if self.length < _LITTLE and _SETS_COOKIE.search(self.scripts) and _RELOADS.search(self.scripts):
            return "nothing but a script that sets a cookie and reloads"
        if self.length < _LITTLE and _PACKED.search(self.scripts):
            return "nothing but an obfuscated script"
        if self.reads:
            return None
        if self.length < _SHORT and (self.acts or status in _REFUSALS):
            found = _WORDS.search(self.title) or _WORDS.search(self.text)
            if found:
                return f"a verification page ({found.group()})"
        limit = _LOGIN * 3 if _LOGIN_TITLE.search(self.title) else _LOGIN
        return "a login page" if self.asks_password and self.length < limit else None


def _parse(body: bytes) -> etree._Element | None:
    try:
        body.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "gb18030"
    try:
        return etree.fromstring(body, etree.HTMLParser(encoding=encoding, recover=True, no_network=True))
    except etree.XMLSyntaxError:
        # nothing in it that could be a page, such as NUL bytes only
        return None


def _texts(tree: etree._Element, tag: str) -> list[str]:
    return [node.text for node in tree.iter(tag) if node.text]


def visible(tree: etree._Element) -> list[str]:
    """Pieces of text that a reader sees, in page order."""
    found: Any = _SEEN(tree)
    return [piece.strip() for piece in found if piece.strip()]


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found.group().decode("ascii", "replace") if found else ""
