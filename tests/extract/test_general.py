"""The general extractor, by data: every page in cases/ beside what a reader finds on it (own words, no portal's)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.items import to_record
from crawler.read import Page, Refusal, read

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.html"))


def test_every_page_has_its_expectation_and_every_expectation_its_page() -> None:
    assert NAMES
    assert sorted(path.stem for path in CASES.glob("*.json")) == NAMES


def _found(name: str, url: str) -> dict[str, Any]:
    result = read((CASES / f"{name}.html").read_bytes(), url, None)
    if isinstance(result, Refusal):
        return {"refused": result.reason}
    assert isinstance(result, Page)
    record = to_record(result.article)
    return record | {
        "source": record["source"] and record["source"]["name"],
        "body": [
            b["text"] for b in record["blocks"] if b["type"] in ("paragraph", "heading", "quote", "table")
        ],
        "images": [[i["url"].rsplit("/", 1)[-1], i["caption"], i["credit"]] for i in record["images"]],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_a_portal_is_read_as_its_reader_reads_it(name: str) -> None:
    expected = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    found = _found(name, expected.pop("url", f"https://news.example.cn/{name}.html"))

    assert {key: found.get(key) for key in expected} == expected
