"""scrapy doctor and scrapy fixture, on a small portal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.crawl.site import NEWS, ROOT, Finished, Site, article, article_url, list_page

CHINA = f"{NEWS}/china"


def look(site: Site, *arguments: str, folder: Path = ROOT) -> Finished:
    """Run a scrapy command that looks at live pages."""
    settings = {
        "CONNECT_TO": json.dumps({"*.cri.cn": site.address}),
        "DOWNLOAD_DELAY": "0",
        "RETRY_TIMES": "0",
    }
    command = [sys.executable, "-m", "scrapy", *arguments]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return Finished(done.returncode, done.stderr, done.stdout)


def test_doctor_reads_a_list_and_three_articles_field_by_field(site: Site) -> None:
    site.add(CHINA, list_page([site.article(number) for number in range(1, 6)]))

    done = look(site, "doctor", "cri")

    assert done.code == 0, done.stderr
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in done.stdout.splitlines()}
    assert rows["title"] == [f"第{number}号码头迎来首班货轮" for number in (1, 2, 3)]
    assert rows["editor"] == ["江平"] * 3
    assert rows["duty_editor"] == ["–"] * 3
    assert rows["captions"] == ["1"] * 3
    assert "5 articles, 5 with a day" in done.stderr
    assert "found on no article: duty_editor, authors, channel" in done.stderr
    assert len([path for path in site.paths() if path.startswith("/2")]) == 3


def test_doctor_names_what_could_not_be_read_and_exits_with_1(site: Site) -> None:
    bad = site.add(article_url(9), "<html><body><p>关于我们</p></body></html>")
    site.add(CHINA, list_page([site.article(1), bad]))

    done = look(site, "doctor", "cri")

    assert done.code == 1
    assert "not read: " in done.stderr
    assert bad in done.stderr
    assert "scrapy fixture cri URL" in done.stderr


def test_doctor_of_a_portal_that_is_down_says_so(site: Site) -> None:
    site.close()

    done = look(site, "doctor", "cri")

    assert done.code == 1
    assert "could not be read" in done.stderr
    assert "Traceback" not in done.stderr


def project(folder: Path) -> Path:
    """A folder that is a project of its own, so that cases are written there."""
    shutil.copy(ROOT / "scrapy.cfg", folder)
    return folder


def test_fixture_records_a_page_with_its_record(site: Site, tmp_path: Path) -> None:
    url = site.article(1)

    done = look(site, "fixture", "cri", url, "--case", "harbour", folder=project(tmp_path))
    again = look(site, "fixture", "cri", url, "--case", "harbour", folder=tmp_path)

    assert done.code == 0, done.stderr
    case = tmp_path / "tests/portals/cri/harbour"
    assert (case / "page.html").read_bytes() == site.pages[url.removeprefix(NEWS)].body
    assert json.loads((case / "meta.json").read_text("utf-8"))["url"] == url
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    assert expected["title"] == "第1号码头迎来首班货轮"
    assert not {"story", "reprint_of", "extractor"} & expected.keys()
    assert again.code == 1
    assert "--force" in again.stderr


def test_fixture_records_a_saved_page(site: Site, tmp_path: Path) -> None:
    page = tmp_path / "saved.html"
    page.write_text(article(2), "utf-8")

    done = look(site, "fixture", "cri", str(page), "--url", article_url(2), folder=project(tmp_path))

    assert done.code == 0, done.stderr
    (case,) = (tmp_path / "tests/portals/cri").iterdir()
    assert (case / "expected.json").exists()


def test_fixture_writes_nothing_for_a_page_that_cannot_be_read(site: Site, tmp_path: Path) -> None:
    url = site.add(article_url(3), "gone", 404)

    done = look(site, "fixture", "cri", url, folder=project(tmp_path))

    assert done.code == 1
    assert "gone (HTTP 404)" in done.stderr
    assert not (tmp_path / "tests").exists()
