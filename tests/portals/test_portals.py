"""Every portal by its recorded pages: <portal>/<case>/ holds page.html, meta.json and expected.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.items import to_record
from crawler.portals.registry import portal_by_name, portal_names, portal_of
from crawler.read import Page, read

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/page.html"))
# the first two come from the database, the third changes with every version of the rules
NOT_COMPARED = ("story", "reprint_of", "extractor")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_recorded_page_gives_the_expected_record(case: Path) -> None:
    url = json.loads((case / "meta.json").read_text("utf-8"))["url"]
    expected = json.loads((case / "expected.json").read_text("utf-8"))

    page = read((case / "page.html").read_bytes(), url, portal_by_name(case.parent.name))

    assert isinstance(page, Page), page
    record = {key: value for key, value in to_record(page.article).items() if key not in NOT_COMPARED}
    assert record == expected


@pytest.mark.parametrize("name", portal_names())
def test_a_portal_has_a_recorded_page_for_each_of_its_templates(name: str) -> None:
    portal = portal_by_name(name)
    assert portal is not None
    recorded = {
        json.loads((case / "expected.json").read_text("utf-8"))["template"]
        for case in CASES
        if case.parent.name == name
    }
    missing = {template.name for template in portal.templates} - recorded
    assert recorded, f"record a page of {name}: scrapy fixture {name} URL"
    assert not missing, f"record a page for template {', '.join(sorted(missing))}: scrapy fixture {name} URL"


@pytest.mark.parametrize("name", portal_names())
def test_a_portal_owns_the_urls_it_declares(name: str) -> None:
    portal = portal_by_name(name)
    assert portal is not None
    lists = [url for channel in portal.channels for url in channel.lists]
    assert [url for url in lists if portal_of(url) is not portal] == []
    names = [channel.name for channel in portal.channels]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", portal_names())
def test_a_portal_is_a_declaration_without_control_flow(name: str) -> None:
    source = (HERE.parents[1] / "crawler" / "portals" / f"{name}.py").read_text("utf-8")
    code = source.split('"""', 2)[2]
    words = {word for line in code.splitlines() for word in line.split()[:1]}
    assert not words & {"if", "for", "while", "try", "def", "class", "lambda"}
    assert source.startswith('"""'), (
        "say first what the portal is, its encoding, and when its pages were seen"
    )
