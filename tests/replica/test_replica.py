"""The replica is determined by its seed, and complete: every list, article, part and picture is there."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from crawler.extract.decode import decode
from crawler.extract.dom import parse, select
from crawler.extract.lists import is_article_url
from crawler.identity import url_key
from crawler.portals.cri import PORTAL
from tests.replica.asking import SIZE, get, list_pages, split
from tests.replica.replica import Replica
from tests.replica.sections import HOST_TITLES, PICTURES, SECTIONS


def test_two_replicas_of_one_seed_are_the_same_to_the_byte() -> None:
    one, other = Replica(60, seed=3, day=2), Replica(60, seed=3, day=2)

    addresses = list(one.addresses(with_pictures=True))

    assert addresses == list(other.addresses(with_pictures=True))
    assert [one.respond(*address) for address in addresses] == [other.respond(*a) for a in addresses]


def test_another_seed_makes_another_portal() -> None:
    urls = {record["url"] for record in Replica(60, seed=1).expected()}

    assert not urls & {record["url"] for record in Replica(60, seed=2).expected()}


def test_a_page_made_alone_is_the_page_made_in_sequence(replica: Replica) -> None:
    addresses = list(replica.addresses())
    in_sequence = {address: replica.respond(*address).body for address in addresses}

    for address in addresses[::-7]:
        assert Replica(SIZE).respond(*address).body == in_sequence[address], address


def test_six_hundred_pages_can_be_made_in_a_second(replica: Replica) -> None:
    urls = [split(replica.world.url(number)) for number in range(SIZE)]

    start = time.process_time()
    for url in urls:
        replica.respond(*url)

    assert SIZE / (time.process_time() - start) > 600


def test_every_address_answers_and_any_other_host_or_path_is_a_404(replica: Replica) -> None:
    assert {replica.respond(*address).status for address in replica.addresses(with_pictures=True)} == {200}
    assert replica.respond("www.cri.cn", "/").status == 404
    assert replica.respond("anderswo.example", "/china").status == 404
    assert replica.respond("news.cri.cn", "/20251010/ffffffff-0000-0000-0000-ffffffffffff.html").status == 404


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_a_list_is_paged_to_its_end_and_names_its_articles_in_order(replica: Replica, section: Any) -> None:
    found = [
        link.url
        for _, page in list_pages(replica, f"https://{section.host}{section.path}")
        if page
        for link in page.links
    ]

    assert found == replica.index.urls(section)


def test_the_lists_together_name_every_article(replica: Replica, records: list[dict[str, Any]]) -> None:
    listed = {url for section in SECTIONS for url in replica.index.urls(section)}

    assert listed == {record["url"] for record in records}
    assert len(records) == SIZE


def test_every_link_on_a_list_or_home_page_within_the_portal_resolves(replica: Replica) -> None:
    hosts = (*HOST_TITLES, PICTURES)
    dead = []

    for host, path in [*replica.index.pages, *((host, "/") for host in HOST_TITLES)]:
        tree = parse(replica.respond(host, path).body.decode())
        assert tree is not None
        for link in tree.iter("a"):
            url = urljoin(f"https://{host}{path}", link.get("href") or "")
            if urlsplit(url).hostname in hosts and replica.respond(*split(url)).status != 200:
                dead.append((host, path, url))

    assert dead == []


def test_lists_hold_a_link_that_is_denied_and_one_that_leads_outside(replica: Replica) -> None:
    text = get(replica, "https://news.cri.cn/china").decode()

    assert "/special/" in text
    assert "https://guanggao.example/" in text
    assert b"Disallow: /special/" in get(replica, "https://news.cri.cn/robots.txt")


def test_home_pages_lead_to_the_columns_of_their_host(replica: Replica) -> None:
    for section in SECTIONS:
        assert f'href="{section.path}"'.encode() in get(replica, f"https://{section.host}/"), section.key


def test_every_article_has_a_url_that_the_portal_takes_for_one(records: list[dict[str, Any]]) -> None:
    assert [record["url"] for record in records if not is_article_url(record["url"], PORTAL)] == []
    assert len({url_key(record["url"], PORTAL.url_rules) for record in records}) == SIZE


def test_later_articles_have_higher_numbers(replica: Replica) -> None:
    times = [replica.world.published(number) for number in range(replica.world.count(3))]

    assert times == sorted(times)


def several(replica: Replica, kind: str) -> list[int]:
    return [number for number in replica.numbers() if replica.world.kind(number) == kind]


def test_an_article_with_a_one_page_version_names_it_in_its_page_data(replica: Replica) -> None:
    for number in several(replica, "whole"):
        url = replica.world.url(number)
        tree = parse(decode(get(replica, url)).text)
        assert tree is not None
        data = json.loads(select(tree, "[pagedata]")[0].get("pagedata") or "")

        whole = decode(get(replica, urljoin(url, data["allUrl"]))).text

        assert data["pageCount"] == replica.record(number)["pages"] >= 2
        assert all(line in whole for line in replica.record(number)["body_text"].split("\n")[:-1])


def test_the_parts_of_an_article_lead_from_one_to_the_next_and_hold_its_text(replica: Replica) -> None:
    for number in several(replica, "chain"):
        url: str | None = replica.world.url(number)
        lines = []
        page = 0
        while url:
            page += 1
            lines.append(replica.record(number, page)["body_text"])
            tree = parse(decode(get(replica, url)).text)
            assert tree is not None
            following = [link for link in tree.iter("a") if link.text == "下一页"]
            url = urljoin(url, following[0].get("href") or "") if following else None

        assert page == replica.record(number)["pages"] >= 2
        assert "\n".join(lines) == replica.record(number)["body_text"]
