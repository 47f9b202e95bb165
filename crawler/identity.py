"""What a URL means: the canonical form of an article's URL, and the key by which it is one article. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from crawler.portals import UrlRules
from crawler.text import clean

GENERAL_RULES = 2
"""Version of the rules below; a portal's own version is added (see `rules_version`)."""

# keys that say where a reader came from, never which article it is
_TRACKING = re.compile(
    r"(?:utm_\w+|spm|from|src_from|isappinstalled|nsukey|weixin_\w+|wxshare|share_\w+|sharer?|bd_vid|_t|timestamp|ttfrom|"
    r"gclid|fbclid|yclid|msclkid|_hsenc|_hsmi|mc_[ce]id|scene|clicktime|clickfrom|enterid|refer(?:er|rer)?|vt|pvid|tt_from|"
    r"spss|tdsourcetag|feature)\Z",
    re.IGNORECASE,
)
# not of m.com.cn, which is a site of its own
_PREFIX = re.compile(r"\A(?:www|m|wap|3g)\.(?=[^.]+\.)(?!(?:com|net|org|gov|edu|ac|co|or|ne|go)\.[a-z]{2}\Z)")
# a server's name for a reader's visit, never for an article
_SESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)\Z")
# a folder, not a file: /a and /a/ are one address to readers and servers
_SLASH = re.compile(r"(?<=/)([^/.]+)/\Z")


URL_MOST = 2048  # characters: what servers and browsers take, and what an index can hold


class UrlError(ValueError):
    """Not an absolute http or https URL."""


def rules_version(rules: UrlRules) -> int:
    """The version that a stored key was made with: general rules × 1000 + the portal's."""
    return GENERAL_RULES * 1000 + rules.version


def canonical_url(url: str, rules: UrlRules | None = None) -> str:
    """The URL without fragment and tracking keys, escapes and query order normalised; host and scheme stay.

    Raises UrlError.

    >>> canonical_url("https://news.cri.cn/a.html?utm_source=wx&id=7#top")
    'https://news.cri.cn/a.html?id=7'
    """
    rules = rules or UrlRules()
    text = clean(url).strip()
    if len(text) > URL_MOST:
        raise UrlError(f"{url[:80]!r}… has {len(text)} characters; addresses have at most {URL_MOST}")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise UrlError(f"{url!r} is not an absolute http or https URL")
    query = ""
    if parts.query and rules.keep_query:
        # the pieces stay as they are: escapes may be of GBK, which decoding would make alike
        query = "&".join(piece for piece in parts.query.split("&") if not _says_nothing(piece, rules))
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    path = _SESSION.sub("", re.sub(r"/{2,}", "/", parts.path)) or "/"
    canonical = canonicalize_url(urlunsplit((parts.scheme.lower(), netloc, path, query, "")))
    if len(canonical) > URL_MOST:  # its escapes may make it longer
        raise UrlError(f"{url[:80]!r}… has {len(canonical)} characters; addresses have at most {URL_MOST}")
    return canonical


def url_key(url: str, rules: UrlRules | None = None) -> str:
    """The identity of what is at `url`: its canonical URL without scheme, www., m., index and last slash.

    Where one of the portal's `forms` is that of its host and path, what the form says takes their place.
    Raises UrlError.

    >>> url_key("https://m.cri.cn/a/?from=wx") == url_key("http://www.cri.cn/a/index.html")
    True
    """
    rules = rules or UrlRules()
    parts = urlsplit(canonical_url(url, rules))
    host = dict(rules.host_aliases).get(parts.netloc, parts.netloc)
    host = _PREFIX.sub("", host)
    path = _SLASH.sub(r"\1", _INDEX.sub("/", parts.path))
    place = f"{host}{path}"
    for form, meant in rules.forms:
        found = _compiled(form).fullmatch(place)
        if found is not None:
            place = found.expand(meant)
            break
    return f"{place}?{parts.query}" if parts.query else place


def _says_nothing(piece: str, rules: UrlRules) -> bool:
    """True for a piece of a query (key=value) that does not say which article it is."""
    key = unquote_plus(piece.partition("=")[0])
    return _TRACKING.match(key) is not None or key in rules.drop_query


@lru_cache(maxsize=256)
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form)


def belongs(url: str, hosts: tuple[str, ...]) -> bool:
    """True when the URL's host is one of `hosts` or a subdomain of one; no hosts allow all. No URL: False.

    >>> belongs("https://cq.cri.cn/", ("cri.cn",)), belongs("https://[", ())
    (True, False)
    """
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:  # a feed or a robots.txt may name anything
        return False
    return not hosts or any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
