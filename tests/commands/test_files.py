"""export, import and extract: what goes into files and comes out of them."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.million import articles as generated
from crawler.corpus import COLUMNS
from crawler.items import RECORD_KEYS
from pipelines.fingerprint import fingerprint
from storage.engine import Database, open_database
from tests.commands.run import ROOT, scrapy
from tests.databases import SqliteMaker
from tests.factories import article, image, store, text, url

CASES = ROOT / "tests/portals/cri"


def without_numbers(out: str) -> list[dict[str, object]]:
    """Records without the numbers that a database gives."""
    return [{**json.loads(line), "story": None} for line in out.splitlines()]


def test_csv_has_a_row_an_article_and_formulas_are_text(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "all.csv"

    done = scrapy("export", "--format", "csv", "-o", str(target), database=filled)

    assert done.code == 0, done.err
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines(keepends=True)))
    assert list(rows[0]) == list(RECORD_KEYS)
    assert rows[4]["title"] == "'=1+1 渡口的新桥"
    assert rows[1]["channel"] == "青石频道 > 农业"
    assert "\n" in rows[1]["body_text"]
    assert json.loads(rows[1]["images"])[0]["credit"] == "沈墨"
    assert [path.name for path in tmp_path.iterdir()] == ["all.csv"]


def test_export_of_pictures_has_a_line_each(filled: str) -> None:
    done = scrapy("export", "--images", database=filled)

    records = [json.loads(line) for line in done.lines]
    assert [record["credit"] for record in records] == ["沈墨", None]
    assert {record["article_url"] for record in records} == {url(2)}
    assert [tuple(record) for record in records] == [COLUMNS, COLUMNS]
    assert {(record["before"], record["after"]) for record in records} == {(text(2).split("\n")[1], None)}
    assert len({record["split"] for record in records}) == 1  # of one article


def test_csv_of_pictures_has_the_same_columns_and_a_selection_the_same_sides(filled: str) -> None:
    with closing(open_database(filled)) as database:
        store(database, *(article(n, portal="baisha", images=[image(n)]) for n in range(100, 140)))
    whole = [json.loads(line) for line in scrapy("export", "--images", database=filled).lines]

    done = scrapy("export", "--images", "--format", "csv", "--portal", "baisha", database=filled)

    rows = list(csv.DictReader(done.out.removeprefix("\ufeff").splitlines(keepends=True)))
    assert tuple(rows[0]) == COLUMNS
    assert {row["url"]: row["split"] for row in rows} == {
        record["url"]: record["split"] for record in whole if record["portal"] == "baisha"
    }
    assert len({row["split"] for row in rows}) > 1


def test_export_passes_filters(filled: str) -> None:
    done = scrapy("export", "--portal", "baisha", database=filled)

    assert [json.loads(line)["url"] for line in done.lines] == [url(5)]


def test_export_of_a_search_writes_what_it_finds_in_the_order_of_storing(filled: str) -> None:
    found = scrapy("export", "渡口 新桥", database=filled)
    several = scrapy("export", "茶园", "--portal", "qingshi", database=filled)
    pictures = scrapy("export", "--images", "采茶", "--format", "csv", database=filled)

    assert [json.loads(line)["url"] for line in found.lines] == [url(5)]
    assert [json.loads(line)["url"] for line in several.lines] == [url(n) for n in (1, 2, 3, 4)]
    assert len(pictures.lines) == 3
    assert scrapy("export", '"', database=filled).code == 2


def test_export_goes_on_after_an_id_and_says_which_comes_next(filled: str) -> None:
    whole = scrapy("export", database=filled)
    rest = scrapy("export", "--since-id", "3", database=filled)
    none = scrapy("export", "--since-id", "5", database=filled)

    assert "--since-id 5" in whole.err
    assert rest.lines == whole.lines[3:]
    assert (none.out, none.code) == ("", 0)
    assert "0 articles written" in none.err
    assert "--since-id 5" in none.err


def test_parquet_has_typed_columns_and_the_same_records(filled: str, tmp_path: Path) -> None:
    from pyarrow import parquet

    target = tmp_path / "all.parquet"
    done = scrapy("export", "--format", "parquet", "-o", str(target), database=filled)
    records = [json.loads(line) for line in scrapy("export", database=filled).lines]

    assert done.code == 0, done.err
    table = parquet.read_table(target)
    assert table.column_names == [*RECORD_KEYS, "published_utc", "published_day"]
    assert str(table.schema.field("published_utc").type) == "timestamp[us, tz=UTC]"
    rows = table.to_pylist()
    assert rows[0]["published_utc"].isoformat() == "2021-03-02T00:30:00+00:00"
    for row, record in zip(rows, records, strict=True):
        assert {name: row[name] for name in RECORD_KEYS if name != "blocks"} == {
            name: value for name, value in record.items() if name != "blocks"
        }
        blocks = [{k: v for k, v in block.items() if v is not None} for block in row["blocks"]]
        assert blocks == record["blocks"]


def test_parquet_of_pictures_and_in_several_groups(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr("crawler.parquet.GROUP", 1)
    target = tmp_path / "pictures.parquet"
    done = scrapy("export", "--images", "--format", "parquet", "-o", str(target), database=filled)

    assert done.code == 0, done.err
    file = parquet.ParquetFile(target)
    assert file.num_row_groups == 2
    assert file.read().column("credit").to_pylist() == ["沈墨", None]
    assert file.read().column("article").to_pylist() == [2, 2]


def test_parquet_without_pyarrow_says_how_to_install_it(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    target = tmp_path / "all.parquet"

    done = scrapy("export", "--format", "parquet", "-o", str(target), database=filled)

    assert done.code == 1
    assert "pip install 'tushuo[parquet]'" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["/", "/proc/none/all.jsonl"])
def test_export_to_a_place_that_cannot_be_written_says_so(filled: str, target: str) -> None:
    done = scrapy("export", "-o", target, database=filled)

    assert done.code == 1
    assert target in done.err


def test_a_reader_that_has_enough_is_no_error(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(number) for number in range(300)))
    command = f"{sys.executable} -m scrapy export -s DATABASE_URL={sqlite_url} | head -n 1"

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert done.returncode == 0
    assert json.loads(done.stdout)["url"] == url(0)


def test_what_was_exported_can_be_imported_and_is_the_same(
    filled: str, empty_url: str, tmp_path: Path
) -> None:
    dump = tmp_path / "all.jsonl"
    scrapy("export", "-o", str(dump), database=filled)

    first = scrapy("import", str(dump), database=empty_url)
    again = scrapy("import", str(dump), database=empty_url)

    assert first.code == 0, first.err
    assert "5 new, 0 changed, 0 as stored" in first.err
    assert "0 new, 0 changed, 5 as stored" in again.err
    back = scrapy("export", database=empty_url)
    assert without_numbers(back.out) == without_numbers(dump.read_text("utf-8"))
    assert scrapy("db", "check", database=empty_url).code == 0


def test_what_goes_from_one_kind_of_database_to_the_other_and_back_is_the_same(
    both_databases: list[Database], sqlite_maker: SqliteMaker, tmp_path: Path
) -> None:
    """Byte by byte, but for the stories' numbers, which are each database's own."""
    first, second = both_databases
    real = list(generated(250, seed=5))
    for one in real:
        one.fingerprint = fingerprint(one)
    copied = [article(n) for n in range(6)]
    copies = [article(n + 50, title=one.title, body_text=one.body_text) for n, one in enumerate(copied)]
    store(first, *real, *copies, *copied)
    third = sqlite_maker.migrated()
    urls = [first.engine.url.render_as_string(False), second.engine.url.render_as_string(False), third]

    dumps = []
    for source, target in zip(urls, [*urls[1:], None], strict=True):
        dump = tmp_path / f"{len(dumps)}.jsonl"
        assert scrapy("export", "-o", str(dump), database=source).code == 0
        dumps.append(dump.read_text("utf-8"))
        if target is not None:
            done = scrapy("import", str(dump), database=target)
            assert "262 new, 0 changed, 0 as stored" in done.err, done.err

    texts = [re.sub(r'"story": \d+', '"story": 0', dump) for dump in dumps]
    assert texts[0] == texts[1] == texts[2]
    members = [[json.loads(line)["story"] for line in dump.splitlines()] for dump in dumps]
    assert len({number for number in members[0] if number}) > 5
    assert [clusters(numbers) for numbers in members] == [clusters(members[0])] * 3
    sqlite_maker.drop(third)


def clusters(stories: list[int | None]) -> list[int | None]:
    """Each number by the place where it first stands."""
    return [None if number is None else stories.index(number) for number in stories]


def line(number: int, **changes: object) -> bytes:
    record = {"url": url(number), "title": f"第{number}篇", "body_text": "茶园里很安静。"} | changes
    return json.dumps(record).encode()


def test_bad_lines_are_named_and_the_rest_is_stored(database_url: str, tmp_path: Path) -> None:
    source = tmp_path / "mixed.jsonl"
    lines = [
        b"\xef\xbb\xbf" + line(1),
        b"{no json",
        b"\xff\xfe",
        b"[1, 2]",
        line(2, title=None),
        line(3, published_at="yesterday"),
        b"[" * 100_000,
        b'{"url": ' + b"9" * 5_000 + b"}",
        b"",
        line(4, url="ftp://e.cn/a"),
        line(5, title="港\x00口\ud800"),
        line(6),
    ]
    source.write_bytes(b"\n".join(lines))

    done = scrapy("import", str(source), database=database_url)

    assert done.code == 1
    assert "3 new, 0 changed, 0 as stored, 8 bad lines left out" in done.err
    named = [int(said.split(":")[0]) for said in done.err.split(", line ")[1:]]
    assert named == [2, 3, 4, 5, 6, 7, 8, 10]
    titles = [json.loads(record)["title"] for record in scrapy("export", database=database_url).lines]
    assert [title.replace("\ufffd", "") for title in titles] == ["第1篇", "港口", "第6篇"]


def test_import_reads_stdin(sqlite_url: str) -> None:
    done = scrapy("import", "-", database=sqlite_url, stdin=line(1) + b"\n" + line(2))

    assert done.code == 0, done.err
    assert "2 new" in done.err


def test_import_of_a_file_that_is_not_there_ends_with_1(sqlite_url: str) -> None:
    done = scrapy("import", "none.jsonl", database=sqlite_url)

    assert done.code == 1
    assert "none.jsonl cannot be read" in done.err


def test_extract_gives_a_line_for_each_page_in_the_order_in(tmp_path: Path) -> None:
    listing = tmp_path / "pages.jsonl"
    cases = sorted(case for case in CASES.iterdir() if case.is_dir()) * 9
    entries: list[dict[str, object]] = [
        {"id": f"{case.name}-{number}", "file": str(case / "page.html"), "portal": "cri"}
        | json.loads((case / "meta.json").read_text("utf-8"))
        for number, case in enumerate(cases)
    ]
    entries.insert(3, {"id": "gone", "file": "none.html"})
    text = [json.dumps(entry) for entry in entries]
    text.insert(5, "{broken")
    listing.write_text("\n".join(text), "utf-8")

    done = scrapy("extract", "--from", str(listing), "--jobs", "2")

    records = [json.loads(record) for record in done.lines]
    expected = [str(entry["id"]) for entry in entries]
    assert [record["id"] for record in records if record["id"]] == expected
    assert len(records) == len(text)
    assert "cannot be read" in records[3]["error"]
    assert set(records[3]) == {"id", "file", "error"}
    assert "line 6: not JSON" in records[5]["error"]
    good = [record for record in records if "error" not in record]
    assert len(good) == len(cases)
    assert list(good[0]) == ["id", "file", *RECORD_KEYS]
    assert good[0]["title"] == "老茶厂改成图书馆 白沙镇多了一间大书房"
    assert done.code == 1
    assert f"{len(cases)} pages read, 2 could not be" in done.err


def test_extract_of_one_file_takes_its_address() -> None:
    page = CASES / "article/page.html"
    address = json.loads((page.parent / "meta.json").read_text("utf-8"))["url"]

    done = scrapy("extract", str(page), "--url", address)

    (record,) = map(json.loads, done.lines)
    assert done.code == 0, done.err
    assert (record["id"], record["url"], record["portal"]) == ("page", address, "cri")


def test_extract_says_what_is_wrong_in_place_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "empty").mkdir(parents=True)
    (folder / "picture.html").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20)
    (folder / "nothing.html").write_bytes(b"")

    done = scrapy(
        "extract", str(folder), str(folder / "empty"), str(tmp_path / "none.html"), "--portal", "cri"
    )

    errors = [json.loads(record)["error"] for record in done.lines]
    assert done.code == 1
    assert "empty" in errors[0]
    assert "picture" in errors[1]
    assert "no page in this folder" in errors[2]
    assert "No such file" in errors[3]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "name files or folders"),
        (["a.html", "b.html", "--url", "https://e.cn/"], 2, "--url is for a single file"),
        (["a.html", "--portal", "nosuch"], 1, "unknown portal: nosuch"),
        (["--from", "none.jsonl"], 1, "0 pages read, 1 could not be"),
    ],
)
def test_extract_refuses_what_it_cannot_do(arguments: list[str], code: int, said: str) -> None:
    done = scrapy("extract", *arguments)

    assert done.code == code
    assert said in done.err


@pytest.mark.parametrize(
    "name",
    ["crawl", "extract", "search", "show", "stats", "export", "import", "ledger", "db", "doctor", "fixture"],
)
def test_every_command_explains_itself(name: str) -> None:
    done = scrapy(name, "--help")

    assert done.code == 0
    assert "--help" in done.out
