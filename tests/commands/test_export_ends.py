"""How an export ends: interrupted, on a full disk, and onto what is no plain file."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from crawler.commands import export
from crawler.sheets import cell
from crawler.target import target
from storage.engine import open_database
from tests.commands.run import ROOT, scrapy
from tests.factories import article, image, store, url


@pytest.fixture
def interrupted_after(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ctrl-C comes while this many records were written and one more is in work."""
    after: list[int] = []

    def interrupting(file: object, records: object, columns: object) -> None:
        written = 0

        def passing() -> object:
            nonlocal written
            for record in records:  # type: ignore[attr-defined]
                if written == after[0]:
                    signal.raise_signal(signal.SIGINT)
                yield record
                written += 1

        jsonl(file, passing(), columns)  # type: ignore[arg-type]

    jsonl = export.WRITERS["jsonl"]
    monkeypatch.setitem(export.WRITERS, "jsonl", interrupting)  # type: ignore[arg-type]
    return after


def test_an_interrupted_export_ends_with_a_whole_line_and_goes_on_without_gap(
    filled: str, interrupted_after: list[int]
) -> None:
    interrupted_after.append(2)

    first = scrapy("export", database=filled)

    assert first.code == 130
    assert [json.loads(line)["url"] for line in first.lines] == [url(1), url(2), url(3)]
    assert first.out.endswith("\n")
    assert first.err.endswith("interrupted; go on with --since-id 3\n")
    interrupted_after[0] = 99
    rest = scrapy("export", "--since-id", "3", database=filled)
    assert [json.loads(line)["url"] for line in rest.lines] == [url(4), url(5)]


def test_an_interrupted_export_of_pictures_goes_on_before_the_article_in_work(
    filled: str, interrupted_after: list[int]
) -> None:
    with closing(open_database(filled)) as database:
        store(database, article(6, images=[image(6), image(7), image(8)]))
    interrupted_after.append(2)

    done = scrapy("export", "--images", database=filled)

    assert done.code == 130
    assert len(done.lines) == 3
    assert done.err.endswith("go on with --since-id 2; the pictures of article 6 come again, all of them\n")
    interrupted_after[0] = 0
    none = scrapy("export", "--images", database=filled)
    assert none.err.endswith("go on with --since-id 0; the pictures of article 2 come again, all of them\n")


def test_an_export_from_zero_is_one_of_everything(filled: str) -> None:
    assert scrapy("export", "--since-id", "0", database=filled).out == scrapy("export", database=filled).out


def test_stdout_is_buffered_where_python_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with out.open("wb", buffering=0) as raw:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, write_through=True))  # type: ignore[type-var]

        with target("-") as file:
            file.write("第一行\n".encode())
            assert out.read_bytes() == b""

        assert out.read_text("utf-8") == "第一行\n"
        assert not sys.stdout.closed


@pytest.mark.parametrize("command", ["export", "stats"])
def test_a_full_disk_on_stdout_is_said(sqlite_url: str, command: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1))
    with Path("/dev/full").open("wb") as full:
        arguments = [sys.executable, "-m", "scrapy", command, "-s", f"DATABASE_URL={sqlite_url}"]
        done = subprocess.run(arguments, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)

    assert done.returncode == 1
    assert done.stderr == f"scrapy {command}: cannot write: No space left on device\n"


def test_an_export_into_a_pipe_with_a_name_leaves_the_pipe(filled: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    done = scrapy("export", "-o", str(pipe), database=filled)
    reader.join()

    assert done.code == 0, done.err
    assert read[0].decode().splitlines() == scrapy("export", database=filled).lines
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_export_onto_a_link_replaces_what_it_names_and_keeps_its_mode(filled: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    file, link, new = tmp_path / "there" / "all.jsonl", tmp_path / "link", tmp_path / "new"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    new.symlink_to(tmp_path / "there" / "new.jsonl")

    for name in (link, new):
        assert scrapy("export", "-o", str(name), database=filled).code == 0

    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.read_text("utf-8") == new.read_text("utf-8") == scrapy("export", database=filled).out
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["all.jsonl", "new.jsonl"]


def test_a_device_is_written_as_it_stands(filled: str) -> None:
    done = scrapy("export", "-o", "/dev/null", database=filled)

    assert done.code == 0, done.err
    assert "5 articles written to /dev/null" in done.err
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_links_in_a_circle_are_no_place_to_write(filled: str, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")

    done = scrapy("export", "-o", str(tmp_path / "a"), database=filled)

    assert done.code == 1
    assert "cannot be written" in done.err


@pytest.mark.parametrize(
    "title", ["=1+1", "＝1+1", "　=1+1", " ＋1", "－1", "＠SUM(A1)", "\n@x", "\t1", "﹢1"]
)
def test_no_cell_is_a_formula_however_its_sign_is_written(title: str) -> None:
    assert cell("title", title) == "'" + title


@pytest.mark.parametrize("title", ["", "1+1", "渡口=桥", "　　渡口", "’=1", "—— 渡口"])
def test_other_cells_are_left_as_they_are(title: str) -> None:
    assert cell("title", title) == title
