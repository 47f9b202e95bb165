"""Tells addresses that grow for ever by themselves. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SEGMENTS_MOST = 20  # parts of a path: real ones have under ten
# the same part, or run of parts, three times one after the other; numbers may repeat in a date
_REPEATED = re.compile(r"(?=/[^/]*[^\d/])((?:/[^/]+){1,4})\1\1(?:/|\Z)")


def is_trap(url: str) -> bool:
    """True when a URL's path repeats itself, as links relative to the wrong page make it.

    >>> is_trap("https://e.cn/news/list/news/list/news/list/a.html"), is_trap("https://e.cn/2024/11/11/11.html")
    (True, False)
    """
    path = urlsplit(url).path
    return path.count("/") > SEGMENTS_MOST or bool(_REPEATED.search(path))
