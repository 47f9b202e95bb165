"""Tushuo reads the replica's pages as they were meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.items import to_record
from crawler.portals.cri import PORTAL
from crawler.read import Refusal, read
from tests.replica.asking import split
from tests.replica.replica import Replica

KEYS = ("title", "published_at", "source", "editor", "duty_editor", "authors", "channel", "template")


def disagreements(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """What was read otherwise than meant, one line each."""
    for key in KEYS:
        if found[key] != expected[key]:
            yield f"{key}: {expected[key]!r} was read as {found[key]!r}"
    meant, was = (record["body_text"].split("\n") for record in (expected, found))
    if meant != was:
        lost, added = [line for line in meant if line not in was], [line for line in was if line not in meant]
        yield f"body_text: lost {lost}, added {added}"
    if len(expected["images"]) != len(found["images"]):
        urls = {image["url"] for image in found["images"]}
        lost = [image["url"] for image in expected["images"] if image["url"] not in urls]
        yield f"images: lost {lost}, {len(expected['images'])} were read as {len(found['images'])}"
        return
    for one, other in zip(expected["images"], found["images"], strict=True):
        for key, value in one.items():
            if other[key] != value:
                yield f"image {one['url']}: {key}: {value!r} was read as {other[key]!r}"


def test_tushuo_reads_every_page_as_it_was_meant(replica: Replica) -> None:
    wrong = []

    for number in replica.numbers():
        expected = replica.record(number, page=1)
        answer = replica.respond(*split(expected["url"]))
        headers = {"content-type": answer.headers["Content-Type"]}
        result = read(answer.body, expected["url"], PORTAL, headers=headers)
        if isinstance(result, Refusal):
            wrong.append(f"{expected['url']}: refused: {result.message}")
            continue
        wrong += [f"{expected['url']} {line}" for line in disagreements(expected, to_record(result.article))]
        if (expected["pages"] > 1) != (result.parts.count > 1):
            wrong.append(f"{expected['url']}: {expected['pages']} pages were read as {result.parts}")

    assert not wrong, f"{len(wrong)} disagreements:\n" + "\n".join(wrong)
