"""Files of the archive: written, read back, cut by a kill and mended."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import OPEN
from crawler.archive.mend import mend
from crawler.archive.reader import ArchiveError, read_at, responses
from crawler.archive.writer import ArchiveFull, ArchiveWriter, Earlier, Exchange

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GIB = 2**30


def exchange(number: int, body: bytes = b"", status: int = 200, **headers: str) -> Exchange:
    return Exchange(
        url=f"https://news.e.cn/{number}.html?a=中",
        fetched_at=NOW + timedelta(seconds=number),
        status=status,
        reason="OK",
        headers=[("Content-Type", "text/html"), *headers.items()],
        body=body or f"<p>第{number}篇</p>".encode() * 20,
        request_headers=[("Host", "news.e.cn")],
    )


def check(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "digest pass" in done.stdout


def test_what_is_written_is_read_back_and_passes_other_tools(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "a", GIB, GIB)
    written = [writer.write(exchange(n)) for n in range(5)]
    writer.close()

    (path,) = tmp_path.iterdir()
    check(path)
    for number, place in enumerate(written):
        found = read_at(path, place.offset)
        assert found.body == exchange(number).body
        assert (found.url, found.status) == (exchange(number).url, 200)
        assert found.fetched_at == NOW + timedelta(seconds=number)
        assert found.headers["content-type"] == "text/html"
    assert [(f.offset, f.length) for f in responses(path)] == [(w.offset, w.length) for w in written]


def test_a_compressed_body_is_kept_as_it_came_and_read_decompressed(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "a", GIB, GIB)
    body = "正文".encode() * 500
    place = writer.write(exchange(1, gzip.compress(body), **{"Content-Encoding": "gzip"}))
    writer.close()

    path = tmp_path / place.file
    check(path)
    assert read_at(path, place.offset).body == body


@pytest.mark.parametrize("status", [200, 304])
def test_what_did_not_change_is_a_revisit_without_body(tmp_path: Path, status: int) -> None:
    writer = ArchiveWriter(tmp_path, "a", GIB, GIB)
    first = writer.write(exchange(1))
    again = writer.write(exchange(1, status=status), Earlier(NOW, first.digest))
    other = writer.write(exchange(1, b"<p>new</p>"), Earlier(NOW, first.digest))
    writer.close()

    path = tmp_path / first.file
    check(path)
    assert (first.kind, again.kind, other.kind) == ("response", "revisit", "response")
    assert read_at(path, again.offset).body == b""
    assert read_at(path, again.offset).digest == first.digest


def test_files_are_rotated_by_size_and_the_folder_has_an_end(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "a", 3_000, 12_000)
    bodies = (random.Random(number).randbytes(900) for number in range(100))

    def write_all() -> None:
        for number, body in enumerate(bodies):
            writer.write(exchange(number, body))

    with pytest.raises(ArchiveFull, match="holds"):
        write_all()
    writer.close()

    files = sorted(tmp_path.iterdir())
    assert len(files) > 3
    assert sum(path.stat().st_size for path in files) < 16_000
    for path in files:
        check(path)
    with pytest.raises(ArchiveFull):
        ArchiveWriter(tmp_path, "b", 3_000, 12_000).write(exchange(1))


@pytest.mark.parametrize("seed", range(8))
def test_a_file_that_a_kill_cut_anywhere_is_mended(tmp_path: Path, seed: int) -> None:
    writer = ArchiveWriter(tmp_path, "a", GIB, GIB)
    written = [writer.write(exchange(n)) for n in range(6)]
    writer.close()
    (path,) = tmp_path.iterdir()
    cut = random.Random(seed).randrange(written[1].offset, path.stat().st_size)
    left = path.read_bytes()[:cut]
    path.unlink()
    path.with_name(path.name + OPEN).write_bytes(left)

    notes = list(mend(tmp_path))

    whole = [w for w in written if w.offset + w.length <= cut]
    assert [(n.offset, n.length, n.digest) for n in notes] == [(w.offset, w.length, w.digest) for w in whole]
    check(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "a", GIB, GIB)
    writer.write(exchange(1))

    assert list(mend(tmp_path)) == []
    assert [path.suffix for path in tmp_path.iterdir()] == [OPEN]


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"not a warc at all\n" * 10)

    with pytest.raises(ArchiveError, match=r"a\.warc\.gz"):
        list(responses(path))
    with pytest.raises(ArchiveError, match=r"a\.warc\.gz"):
        read_at(path, 0)
