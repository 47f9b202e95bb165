"""What the spider's parts ask of a response."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.failures import Failure
from crawler.read import Page, Refusal, read

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.portals import Portal

_HOME = frozenset({"", "/", "/index.html", "/index.htm", "/index.shtml"})
# the page came, and the rules of this version could not make an article of it: newer ones may
_UNREAD = frozenset({"no_template", "not_article", "no_title", "no_body", "undecodable"})


def header(response: Response, name: str | bytes) -> str | None:
    """A header's value; None when there is none."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def charset(response: Response) -> str | None:
    """The charset that the Content-Type names."""
    content_type = header(response, "Content-Type") or ""
    return content_type.partition("charset=")[2].split(";")[0].strip(" \"'") or None


def read_response(response: Response, portal: Portal) -> Page | Refusal:
    """The article on a response, by the one way in."""
    headers = {name.decode("latin-1").lower(): header(response, name) or "" for name in response.headers}
    return read(response.body, response.url, portal, status=response.status, headers=headers)


def judge(response: Response, portal: Portal) -> Page | Failure:
    """The article on a response, or what became of the page instead."""
    asked = response.request.url if response.request else response.url
    if response.status >= 400:
        refusal = read_response(response, portal)
        if isinstance(refusal, Refusal) and refusal.reason == "challenge":
            return Failure("challenge", refusal.message, state="blocked", status=response.status)
        return Failure.of_status(response.status, asked)
    if redirected_home(response):
        message = f"{asked}: gone, it leads to the home page"
        return Failure("redirect_home", message, state="gone", status=response.status)
    result = read_response(response, portal)
    if isinstance(result, Page):
        return result
    return of_refusal(result, response.status)


def of_refusal(refusal: Refusal, status: int) -> Failure:
    """The failure that a page which gives no article means."""
    return Failure(
        refusal.reason,
        refusal.message,
        state="blocked" if refusal.reason == "challenge" else "failed",
        status=status,
        passing=refusal.reason == "empty",
        unread=refusal.reason in _UNREAD,
    )


def redirected_home(response: Response) -> bool:
    """True when the page that was asked for leads to a home page instead."""
    asked = str(response.meta.get("redirect_urls", [response.url])[0])
    return urlsplit(response.url).path in _HOME and urlsplit(asked).path not in _HOME
