"""search, show, ledger and db: what they print, where, and with which exit code; on both databases."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from crawler.items import RECORD_KEYS
from storage.engine import Database, open_database
from storage.ledger import Discover, Mark
from storage.models import ARTICLE, PAGE
from tests.commands.run import ROOT, scrapy
from tests.factories import apply, article, found, image, store, url


def test_search_prints_columns_parted_by_tabs_where_there_is_no_terminal(filled: str) -> None:
    done = scrapy("search", "茶园", "--limit", "2", database=filled)

    assert done.code == 0, done.err
    assert [line.count("\t") for line in done.lines] == [4, 4, 4]
    assert done.lines[0].split("\t") == ["id", "published", "source", "title", "text"]
    assert "2 articles; more with --page 2 or --after " in done.err


def test_search_json_gives_whole_records(filled: str) -> None:
    done = scrapy("search", "第二号", "--json", database=filled)

    (record,) = map(json.loads, done.lines)
    assert list(record) == ["id", *RECORD_KEYS, "snippet", "marks", "score", "cursor"]
    assert record["url"] == url(2)
    assert [record["snippet"][begin:end] for begin, end in record["marks"]] == ["第二号"]


def test_search_counts_sorts_and_pages(filled: str) -> None:
    count = scrapy("search", "茶园", "--count", "--json", database=filled)
    told = scrapy("search", "--images", "--count", database=filled)
    first = scrapy("search", "茶园", "--limit", "2", "--json", database=filled)
    second = scrapy("search", "茶园", "--limit", "2", "--page", "2", "--json", database=filled)
    cursor = json.loads(first.lines[-1])["cursor"]
    after = scrapy("search", "茶园", "--limit", "2", "--after", cursor, "--json", database=filled)
    best = scrapy("search", "茶园", "--sort", "relevance", "--json", database=filled)

    assert json.loads(count.out) == {"count": 5, "estimate": False}
    assert told.out == "2 pictures\n"
    assert [json.loads(line)["url"] for line in first.lines] == [url(5), url(4)]
    assert second.out == after.out
    assert [json.loads(line)["url"] for line in second.lines] == [url(3), url(2)]
    assert min(json.loads(line)["score"] for line in best.lines) > 1


def test_search_finds_pictures_by_filters_alone(filled: str) -> None:
    done = scrapy("search", "--images", "--portal", "qingshi", "--json", database=filled)

    assert [json.loads(line)["url"] for line in done.lines] == [image(21).url, image(22).url]


def test_search_images_finds_pictures_by_caption_and_by_credit(filled: str) -> None:
    by_caption = scrapy("search", "--images", "采茶", "--json", database=filled)
    by_credit = scrapy("search", "--images", "沈墨", "--json", database=filled)

    assert [json.loads(line)["url"] for line in by_caption.lines] == [image(21).url, image(22).url]
    assert [json.loads(line)["article_url"] for line in by_credit.lines] == [url(2)]


def test_search_without_words_lists_the_newest(filled: str) -> None:
    done = scrapy("search", "--limit", "2", "--json", database=filled)

    assert [json.loads(line)["url"] for line in done.lines] == [url(5), url(4)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--portal", "baisha"], [5]),
        (["--channel", "农业"], [4, 3, 2, 1]),
        (["--channel", "青石频道/农业"], [4, 3, 2, 1]),
        (["--channel", "农"], []),
        (["--source", "青石晚报"], [5, 3, 2, 1]),
        (["--since", "2021-03-04"], [5, 4, 3]),
        (["--until", "2021-03-03"], [2, 1]),
        (["--since", "2021-03-03", "--until", "2021-03-04", "--portal", "qingshi"], [3, 2]),
        (["--pictures"], [2]),
        (["--no-pictures", "--portal", "qingshi"], [4, 3, 1]),
        (["--story", "1"], [4, 3]),
        (["--gone"], []),
        (["--no-changed", "--no-gone"], [5, 4, 3, 2, 1]),
    ],
)
def test_filters_narrow_down(filled: str, options: list[str], numbers: list[int]) -> None:
    done = scrapy("search", "--json", *options, database=filled)

    assert [json.loads(line)["url"] for line in done.lines] == [url(number) for number in numbers]


def test_no_hit_is_no_error(filled: str) -> None:
    done = scrapy("search", "航空母舰", database=filled)

    assert (done.code, done.out) == (0, "")
    assert "no articles with '航空母舰'" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "！？"], "holds no word to search for"),
        (["search", "茶" * 1001], "at most 1000"),
        (["search", "茶", "--limit", "0"], "is not a number from 1 up"),
        (["search", "茶", "--since", "2021-3-1"], "write it as YYYY-MM-DD"),
        (["search", "茶", "--sort", "best"], "invalid choice"),
        (["search", "茶", "--page", "0"], "is not a number from 1 up"),
        (["search", "茶", "--after", "x"], "is not where a search can go on"),
        (["search", "茶", "--after", "1", "--sort", "relevance"], "--after goes with --sort newest"),
        (["search", "茶 title:"], "title: at character 3 needs a word"),
        (["search", "("], "\n  (\n  ^"),
        (["search", "茶", "--limti", "5"], "unknown option --limti"),
        (["search", "茶", "--source", "\udcff"], "is not UTF-8 text"),
        (["search", "\udcff"], "holds no word to search for"),
        (["show"], "name one article"),
        (["ledger", "--state", "lost"], "states: discovered"),
        (["ledger", "no url"], "is not an absolute http or https URL"),
        (["ledger", "https://["], "Invalid IPv6 URL"),
        (["ledger", "--failed"], "unknown option --failed"),
        (["db"], "upgrade, check, stats, backup, optimize, reindex, move, rekey"),
        (["db", "backup"], "backup needs the name"),
        (["export", "--format", "xml"], "use jsonl, csv, parquet"),
        (["export", "--since-id", "none"], "is not a number from 0 up"),
        (["import"], "name one file"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(sqlite_url: str, arguments: list[str], said: str) -> None:
    done = scrapy(*arguments, database=sqlite_url)

    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_show_finds_an_article_by_id_url_and_any_form_of_it(filled: str) -> None:
    by_url = scrapy("show", url(2), "--json", database=filled)
    tracked = scrapy("show", url(2).replace("https", "http") + "?utm_source=wx", "--json", database=filled)
    exported = scrapy("export", database=filled)

    assert by_url.code == 0, by_url.err
    assert tracked.out == by_url.out
    assert by_url.out in exported.out
    assert list(json.loads(by_url.out)) == list(RECORD_KEYS)


def test_show_puts_pictures_in_their_places(filled: str) -> None:
    done = scrapy("show", url(2), database=filled)

    assert "来源：青石晚报 | 作者：林溪 | 编辑：周远 | 责编：何岚" in done.out
    assert "〔图1〕茶农在第二一号坡地采茶 · 沈墨/摄" in done.out
    assert done.out.index("第二号茶园今年") < done.out.index("〔图1〕") < done.out.index("〔图2〕")


def test_show_names_the_first_of_a_reprint(filled: str) -> None:
    assert f"a reprint of {url(3)}" in scrapy("show", url(4), database=filled).out
    assert "the first of its copies" in scrapy("show", url(3), database=filled).out


@pytest.mark.parametrize(
    "reference", ["999", "https://news.qingshi.example/999.html", "9" * 30, "nonsense", "https://["]
)
def test_show_of_what_is_not_there_ends_with_1(filled: str, reference: str) -> None:
    done = scrapy("show", reference, database=filled)

    assert done.code == 1
    assert f"no article {reference}" in done.err


def test_show_revisions_tells_what_was_changed(filled: str) -> None:
    with closing(open_database(filled)) as database:
        store(database, article(1, title="第一号茶园又获丰收"))

    done = scrapy("show", url(1), "--revisions", database=filled)
    asked = json.loads(scrapy("show", url(1), "--revisions", "--json", database=filled).out)

    assert "state 1, replaced" in done.out
    assert "changed: title" in done.out
    assert "第一号茶园喜获丰收" in done.out
    assert [state["title"] for state in asked["revisions"]] == ["第一号茶园喜获丰收"]


def test_changes_tell_headlines_before_and_now(filled: str) -> None:
    with closing(open_database(filled)) as database:
        store(
            database, article(1, title="第一号茶园又获丰收"), article(2, images=[image(21, caption="改过")])
        )

    headlines = scrapy("changes", "--field", "title", database=filled)
    records = [json.loads(line) for line in scrapy("changes", "--json", database=filled).lines]
    none = scrapy("changes", "--field", "body_text", "--kind", "edited,gone", database=filled)

    header, line = (text.split("\t") for text in headlines.lines)
    assert dict(zip(header, line, strict=True)) | {"found": ""} == {
        "found": "",
        "what": "edited",
        "id": "1",
        "changed": "title",
        "title": "第一号茶园又获丰收",
        "old title": "第一号茶园喜获丰收",
        "url": url(1),
    }
    assert sorted((one["article_id"], one["old_title"], one["title"], one["changed"]) for one in records) == [
        (1, "第一号茶园喜获丰收", "第一号茶园又获丰收", ["title"]),
        (2, "第二号茶园喜获丰收", "第二号茶园喜获丰收", ["blocks", "images"]),
    ]
    assert (none.code, none.out) == (0, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--field", "headline"], "--field headline is not known; use url,"),
        (["--kind", "edit"], "--kind edit is not known; use edited, gone, returned"),
        (["--kind", "gone", "--field", "title"], "--field goes with --kind edited"),
        (["--kind", ""], "is not known; use edited"),
    ],
)
def test_changes_refuse_what_they_do_not_know(filled: str, options: list[str], said: str) -> None:
    done = scrapy("changes", *options, database=filled)

    assert done.code == 2
    assert said in done.err


def failed_page(database_url: str) -> None:
    with closing(open_database(database_url)) as database:
        (row,) = apply(database, Discover("qingshi", None, [found(50)]))
        apply(database, Mark(row.id, "failed", "http_500", status=500))


def test_ledger_counts_names_failures_and_puts_them_back(filled: str) -> None:
    failed_page(filled)

    counts = scrapy("ledger", "--json", database=filled)
    failures = scrapy("ledger", "--failures", database=filled)
    one = scrapy("ledger", url(50), "--json", database=filled)
    retried = scrapy("ledger", url(50), "--retry", database=filled)
    after = json.loads(scrapy("ledger", url(50), "--json", database=filled).out)

    assert {"kind": "article", "state": "stored", "reason": None, "pages": 5} in map(json.loads, counts.lines)
    assert failures.lines[1].split("\t")[:4] == ["failed", "http_500", "500", "1"]
    assert json.loads(one.out)["reason"] == "http_500"
    assert "1 pages put back" in retried.err
    assert (after["state"], after["reason"]) == ("discovered", None)


def test_ledger_of_a_url_that_was_never_seen_ends_with_1(filled: str) -> None:
    done = scrapy("ledger", "https://news.qingshi.example/none.html", database=filled)

    assert done.code == 1
    assert "was never seen" in done.err


def test_db_stats_counts_everything(filled: str) -> None:
    totals = json.loads(scrapy("db", "stats", "--json", database=filled).out)

    assert (totals["articles"], totals["pictures"], totals["captions"], totals["credits"]) == (5, 2, 2, 1)
    assert (totals["stories"], totals["portals"]) == (1, 2)


def test_db_check_finds_nothing_wrong_with_what_was_stored(filled: str) -> None:
    done = scrapy("db", "check", database=filled)

    assert done.code == 0, done.out + done.err
    assert "no problem found" in done.err


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (delete(PAGE).where(PAGE.c.url == url(1)), "1 articles have no row in the ledger"),
        (
            update(PAGE).where(PAGE.c.url == url(1)).values(article_id=None),
            "marked stored without an article",
        ),
        (update(ARTICLE).where(ARTICLE.c.url == url(3)).values(story_id=None), "another number of articles"),
        (update(ARTICLE).where(ARTICLE.c.url == url(1)).values(sort_key=7), "missing in the search index"),
    ],
)
def test_db_check_finds_damage(filled: str, damage: object, said: str) -> None:
    with closing(open_database(filled)) as database, database.writing() as conn:
        conn.execute(damage)  # type: ignore[call-overload]

    done = scrapy("db", "check", database=filled)

    assert done.code == 1
    assert said in done.out


def test_db_backup_copies_what_is_committed_while_another_writes(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1))
        with database.writing() as conn:
            conn.execute(delete(PAGE).where(PAGE.c.url == url(1)))

            done = scrapy("db", "backup", str(copy), database=sqlite_url)

            conn.rollback()
    again = scrapy("db", "backup", str(copy), database=sqlite_url)

    assert done.code == 0, done.err
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("SELECT count(*) FROM page").fetchone() == (1,)
    assert again.code == 1
    assert "--force" in again.err
    assert list(tmp_path.glob("*.part*")) == []


def test_db_backup_of_postgresql_names_its_own_tool(filled: str, tmp_path: Path) -> None:
    done = scrapy("db", "backup", str(tmp_path / "copy.db"), database=filled)

    if filled.startswith("sqlite"):
        assert done.code == 0, done.err
    else:
        assert done.code == 1
        assert "pg_dump" in done.err


def test_db_upgrade_makes_the_database(empty_url: str) -> None:
    done = scrapy("db", "upgrade", database=empty_url)

    assert done.code == 0, done.err
    assert "upgraded from nothing to " in done.err
    assert "is up to date" in scrapy("db", "upgrade", database=empty_url).err
    assert scrapy("db", "check", database=empty_url).code == 0


def test_db_rekey_applies_new_rules_and_merges_what_becomes_one(filled: str) -> None:
    with closing(open_database(filled)) as database:
        store(database, article(7, url="https://news.qingshi.example/7.html?edition=a"))
        with database.writing() as conn:
            conn.execute(update(ARTICLE).where(ARTICLE.c.url == url(1)).values(url_key="old.example/1"))
            conn.execute(update(PAGE).where(PAGE.c.url == url(1)).values(url_key="old.example/1"))
            conn.execute(update(ARTICLE).where(ARTICLE.c.url.contains("edition=a")).values(url=url(2)))

    dry = scrapy("db", "rekey", "--dry-run", database=filled)
    done = scrapy("db", "rekey", database=filled)

    assert "3 articles and pages would get new keys" in dry.err
    assert "1 articles, as listed, and 0 pages would become others" in dry.err
    assert (done.code, done.out) == (0, dry.out) == (0, f"{url(2)}\t{url(2)}\n")
    assert "3 articles and pages have new keys" in done.err
    assert scrapy("db", "check", database=filled).code == 0
    assert "0 articles and pages have new keys" in scrapy("db", "rekey", database=filled).err
    assert json.loads(scrapy("show", url(1), "--json", database=filled).out)["url"] == url(1)


@pytest.mark.parametrize(
    "arguments",
    [["search", "茶"], ["show", "1"], ["export"], ["ledger"], ["ledger", "--retry"], ["db", "check"]],
)
def test_without_a_database_a_command_says_how_to_get_one(tmp_path: Path, arguments: list[str]) -> None:
    done = scrapy(*arguments, database=f"sqlite:///{tmp_path / 'none.db'}")

    assert done.code == 1
    assert "crawl first" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_memory_is_refused_and_no_file_of_that_name_made() -> None:
    done = scrapy("db", "upgrade", database="sqlite:///:memory:")

    assert done.code == 1
    assert "names no file" in done.err
    assert not (ROOT / ":memory:").exists()


def test_the_database_is_named_by_s_then_environment_then_setting(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1))
    monkeypatch.setenv("TUSHUO_DATABASE_URL", sqlite_url)

    by_environment = scrapy("search")
    by_option = scrapy("search", database=f"sqlite:///{tmp_path / 'none.db'}")

    assert by_environment.code == 0, by_environment.err
    assert by_option.code == 1


def test_stats_count_by_source_as_lines_and_as_json(filled: str) -> None:
    lines = scrapy("stats", "--by", "source", database=filled)
    records = scrapy("stats", "--by", "month,source", "--json", database=filled)

    people = scrapy("stats", "--by", "person", "--limit", "2", database=filled)

    assert lines.code == 0, lines.err
    assert lines.lines == ["source\tarticles", "青石晚报\t4", "\t1"]
    assert people.lines == ["person\tarticles", "何岚\t5", "周远\t5"]
    assert [json.loads(line) for line in records.lines] == [
        {"month": "2021-03", "source": "青石晚报", "articles": 4},
        {"month": "2021-03", "source": None, "articles": 1},
    ]


def test_stats_pass_filters_and_say_when_there_is_more(filled: str) -> None:
    done = scrapy("stats", "--by", "day", "--portal", "qingshi", "--limit", "2", database=filled)

    assert done.lines[1:] == ["2021-03-04\t1", "2021-03-05\t1"]
    assert "more with --limit 10" in done.err
    nothing = scrapy("stats", "--since", "2030-01-01", "--json", database=filled)
    assert (nothing.code, nothing.out) == (0, "")
    assert "nothing to count" in nothing.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--by", "shoe"], "--by shoe: use portal, channel"),
        (["--by", "author,editor"], "one role at a time"),
        (["--by", "portal,portal"], "--by portal, portal: each once"),
        (["words"], "unexpected 'words'"),
    ],
)
def test_stats_refuse_what_cannot_be_counted(filled: str, options: list[str], said: str) -> None:
    done = scrapy("stats", *options, database=filled)

    assert done.code == 2
    assert said in done.err


def test_stats_draw_bars_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from crawler.commands.stats import print_bars
    from storage.facets import Facet

    print_bars(["source"], [Facet(("青石晚报",), 8), Facet((None,), 1)])

    first, second = [line.split() for line in capsys.readouterr().out.splitlines() if "█" in line]
    assert first == ["青石晚报", "8", "█" * 40]
    assert second == ["(none)", "1", "█" * 5]


def test_db_move_goes_to_the_other_kind_and_compares_the_counts(
    both_databases: list[Database], filled: str, tmp_path: Path
) -> None:
    target = both_databases[1].engine.url.render_as_string(False)
    moved = scrapy("db", "move", target, "--json", database=filled)
    again = scrapy("db", "move", target, database=filled)
    back = scrapy("db", "move", f"sqlite:///{tmp_path}/back.db", database=target)

    assert moved.code == 0, moved.err
    counts = {record["table"]: record["rows"] for record in map(json.loads, moved.lines)}
    assert (counts["article"], counts["article_image"]) == (5, 2)
    assert again.code == 1
    assert "is not empty" in again.err
    assert back.code == 0, back.err
    exports = [
        scrapy("export", database=url).out for url in (filled, target, f"sqlite:///{tmp_path}/back.db")
    ]
    assert exports[0] == exports[1] == exports[2] != ""
    assert scrapy("db", "move", database=filled).code == 2
    assert scrapy("db", "move", "mysql://x/y", database=filled).code == 1


def test_db_optimize_says_what_the_database_takes(filled: str) -> None:
    for options in ([], ["--vacuum"]):
        done = scrapy("db", "optimize", *options, database=filled)

        assert done.code == 0, done.err
        assert "MiB before" in done.err


def test_db_reindex_repairs_what_db_check_finds_in_the_index(filled: str) -> None:
    with closing(open_database(filled)) as database, database.writing() as conn:
        conn.execute(text("DELETE FROM search_fresh"))

    found = scrapy("db", "check", database=filled)
    repaired = scrapy("db", "reindex", database=filled)

    assert found.code == 1
    assert "missing in the search index" in found.out
    assert "scrapy db reindex" in found.err
    assert repaired.code == 0, repaired.err
    assert "made anew from 5 articles" in repaired.err
    assert scrapy("db", "check", database=filled).code == 0
