"""The general extractor on the real pages of ../shared/corpus, scored as the project is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.items import to_record
from crawler.portals.registry import portal_of
from crawler.read import Page, Refusal, read
from tests.extract.test_seed import scorer
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
CORPUS = SHARED / "corpus"
# the figures that must hold; docs/accuracy.md has the measured ones
LEAST = {
    "body": 0.97,
    "title": 0.98,
    "published_at": 0.95,
    "source": 0.90,
    "editor": 0.95,
    "duty_editor": 0.95,
    "authors": 0.85,
    "images": 0.95,
    "captions": 0.90,
    "captions_macro": 0.90,
    "credits": 0.90,
}


def pages() -> list[dict[str, Any]]:
    listed = json.loads((CORPUS / "index.json").read_text("utf-8"))
    return [page for page in listed if page["kind"] != "list"]


def scores(*, declared: bool) -> dict[str, float]:
    """The figures of all pages, by the general rules alone or with declared portals."""
    module = scorer()
    rows = {}
    for page in pages():
        url = page["url"] or (f"https://{page['host']}/" if declared and page["host"] else "")
        portal = portal_of(url) if declared and url else None
        result = read((CORPUS / page["file"]).read_bytes(), url, portal)
        record = to_record(result.article) if isinstance(result, Page) else {}
        gold = json.loads((CORPUS / "gold" / f"{page['id']}.json").read_text("utf-8"))
        rows[page["id"]] = module.score_page(gold, record)
    result_of_all: dict[str, float] = module.summarise(rows)
    return result_of_all


def test_the_general_extractor_alone_reaches_the_figures() -> None:
    figures = scores(declared=False)

    assert figures["pages"] == 50
    assert {name: figures[name] for name in LEAST if figures[name] < LEAST[name]} == {}


def test_with_declared_portals_no_field_is_lower() -> None:
    general, declared = scores(declared=False), scores(declared=True)

    lower = {name: (general[name], declared[name]) for name in LEAST if declared[name] < general[name] - 1e-9}
    assert lower == {}


@pytest.mark.parametrize("path", sorted((CORPUS / "lists").glob("*.html")), ids=lambda path: path.stem)
def test_a_list_page_is_no_article(path: Path) -> None:
    result = read(path.read_bytes(), "", None)

    assert isinstance(result, Refusal)
    assert result.reason == "not_article"
