"""What the spider's parts ask of a response."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.extract.decode import DecodeError, decode
from crawler.extract.dom import parse
from crawler.extract.feeds import looks_like_xml, read_feed
from crawler.extract.lists import ListPage, from_feed, read_list
from crawler.failures import Failure
from crawler.read import Page, Refusal, read

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.portals import Portal
    from storage.pages import State

_HOME = frozenset({"", "/", "/index.html", "/index.htm", "/index.shtml"})
# the page came, and the rules of this version could not make an article of it: newer ones may
_STATES: dict[str, State] = {"challenge": "blocked", "soft_404": "gone"}
_UNREAD = frozenset({"not_article", "no_title", "no_body", "undecodable"})


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
    if response.status >= 300:
        return not_content(response, portal)
    if redirected_home(response):
        message = f"{asked}: gone, it leads to the home page"
        return Failure("redirect_home", message, state="gone", status=response.status)
    result = read_response(response, portal)
    if isinstance(result, Page):
        return result
    return of_refusal(result, response.status)


def not_content(response: Response, portal: Portal) -> Failure:
    """What an answer means whose status says that it is not the page."""
    refusal = read_response(response, portal)
    if isinstance(refusal, Refusal) and refusal.reason == "challenge":
        return of_refusal(refusal, response.status)
    asked = response.request.url if response.request else response.url
    if response.status < 400:
        where = header(response, "Location") or "nowhere"
        message = f"{asked}: HTTP {response.status} leads to {where}, which is not followed"
        return Failure("redirect_refused", message, status=response.status)
    return Failure.of_status(response.status, asked)


def of_refusal(refusal: Refusal, status: int) -> Failure:
    """The failure that a page which gives no article means."""
    return Failure(
        refusal.reason,
        refusal.message,
        state=_STATES.get(refusal.reason, "failed"),
        status=status,
        passing=refusal.reason == "empty",
        unread=refusal.reason in _UNREAD,
    )


def redirected_home(response: Response) -> bool:
    """True when the page that was asked for leads to a home page instead."""
    asked = str(response.meta.get("redirect_urls", [response.url])[0])
    return urlsplit(response.url).path in _HOME and urlsplit(asked).path not in _HOME


def judge_list(response: Response, portal: Portal, *, is_start: bool) -> ListPage | Page | Failure:
    """What a list page, feed or sitemap says; of a start page also the article that it may be."""
    if response.status >= 300:
        return not_content(response, portal)
    if looks_like_xml(response.body):
        feed = read_feed(response.body, response.url)
        if feed is not None:
            page = from_feed(feed, portal)
            return page if page.links or page.sitemaps else _nothing(response, portal)
    if is_start and not portal.article_url and urlsplit(response.url).path not in _HOME:
        # an undeclared site's article has links to others as a list has: it is asked for first
        result = read_response(response, portal)
        if isinstance(result, Page):
            return result
    try:
        text = decode(response.body, charset(response)).text
    except DecodeError as error:
        return Failure("undecodable", f"{response.url}: {error}", status=response.status)
    tree = parse(text)
    if tree is None:
        message = f"{response.url}: the list page is empty; the next run fetches it again"
        return Failure("empty", message, status=response.status)
    page = read_list(tree, response.url, text, portal)
    if page.links or page.columns or page.feeds:
        return page
    if is_start:
        result = read_response(response, portal)
        if isinstance(result, Page):
            return result
        if result.reason == "challenge":
            return of_refusal(result, response.status)
    return _nothing(response, portal)


def _nothing(response: Response, portal: Portal) -> Failure:
    declared = f"; if it has some, their markup is not declared in crawler/portals/{portal.name}.py"
    return Failure(
        "no_links",
        f"{portal.name}: no link to an article on {response.url}{declared if portal.article_url else ''}",
        status=response.status,
        unread=True,
    )
