"""Which picture an img shows, its declared size, and whether it is the article's or the page's furniture. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.dom import Element

if TYPE_CHECKING:
    from crawler.extract.blocks import Piece

# where lazy pages keep the real picture; a placeholder stands in src
_LAZY = (
    "data-src",
    "data-original",
    "data-original-src",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
    "data-actualsrc",
    "data-img",
    "lazy-src",
    "lazysrc",
    "original",
    "_src",
    "src2",
    "real_src",
)
_STYLE_SIZE = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*(\d+)px", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,5})")
_LONGEST_URL = 8000  # characters: what servers take at most
_LONGEST_STYLE = 2000
# pictures that serve the page and not the article
_FURNITURE = re.compile(
    r"(?:^|[/_\-.])(?:icons?|logos?|qr|qrcode|ewm|erweima|weixin|wechat|blank|spacer|loading|loader|pixel|1x1|transparent|share|avatar|"
    r"enlarge|ensmall|zoom|copy_?link|btn|button|arrow|bullet|dot|line|bg|end|ending|default_?(?:img|pic)|placeholder|grey|gray|lazy|app_?down|ads?|banner|print|close|"
    r"play|video_?play|vcode|stat|counter|emoji|smil(?:ey|e)s?)(?:\d{0,3})(?=[/_\-.?]|$)",
    re.IGNORECASE,
)
# a hash may hold the letters of any short word: 8c3bbde0-ad96-4666-…
_HASH = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}", re.IGNORECASE)
# drawn by a server for every visitor: stock charts, counters, maps of places
_WIDGET = re.compile(r"/(?:new)?charts?/|/kline|/counter|/emoji|/qrcode|/ads/|/advert|/smil", re.IGNORECASE)
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_\-])(?:icon|avatar|logo|qr_?code|ewm|head_?(?:img|pic)|user_?pic)(?:$|[\s_\-])"
)
_FURNITURE_ALT = re.compile(r"二维码|logo|图标|点击(?:进入|下载)|广告|关注我们|分享", re.IGNORECASE)
_SMALLEST = 40  # pixels: what is declared smaller in either direction is an icon or a line


def pixels(node: Element, side: str) -> int | None:
    found = _NUMBER.match(node.get(side, ""))
    if found and "%" not in node.get(side, ""):
        return int(found[1])
    for name, value in _STYLE_SIZE.findall(node.get("style", "")[:_LONGEST_STYLE]):
        if name.lower() == side:
            return int(value)
    return None


def picture_url(node: Element) -> str | None:
    """The URL, as written, of the picture that an img shows: a lazy attribute wins over a placeholder src.

    None for none, for a picture inside the page (data:) and for what is too long to be fetched.
    """
    url = _written_url(node)
    return url if url and len(url) <= _LONGEST_URL else None


def _written_url(node: Element) -> str | None:
    for name in _LAZY:
        value = (node.get(name) or "").strip()
        if value and not value.startswith("data:") and ("/" in value or "." in value):
            return value
    value = (node.get("src") or "").strip()
    if value and not value.lower().startswith(("data:", "about:", "javascript:", "blob:", "file:")):
        return value
    srcset = (node.get("data-srcset") or node.get("srcset") or "").strip()
    return srcset.split(",")[0].split()[0] if srcset and not srcset.startswith("data:") else None


def is_picture_of_article(piece: Piece) -> bool:
    """False for icons, spacers, QR codes, logos, end marks and the like, by declared size and name."""
    for side in (piece.width, piece.height):
        if side is not None and side < _SMALLEST:
            return False
    if _FURNITURE_NAMES.search(piece.names):
        return False
    path = (piece.url or "").split("?")[0].split("#")[0]
    return not _WIDGET.search(path) and not (
        _FURNITURE.search(_HASH.sub("", path.rsplit("/", 1)[-1]))
        or (piece.alt and _FURNITURE_ALT.search(piece.alt))
    )
