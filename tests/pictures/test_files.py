"""Where files of pictures lie."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from crawler.pictures.files import keep, path_of, remove
from crawler.pictures.read import read_picture
from tests.pictures import drawn

DATA = drawn.file(1)
PICTURE = read_picture(DATA)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    path = keep(tmp_path, PICTURE, DATA)

    name = PICTURE.sha256
    assert path == f"{name[:2]}/{name[2:4]}/{name}.jpg" == path_of(PICTURE)
    assert files(tmp_path) == [path]
    assert (tmp_path / path).read_bytes() == DATA


def test_a_file_that_a_kill_cut_is_written_anew(tmp_path: Path) -> None:
    target = tmp_path / path_of(PICTURE)
    target.parent.mkdir(parents=True)
    target.write_bytes(DATA[:100])

    keep(tmp_path, PICTURE, DATA)

    assert target.read_bytes() == DATA


def test_many_that_write_one_file_leave_one_file(tmp_path: Path) -> None:
    threads = [threading.Thread(target=keep, args=(tmp_path, PICTURE, DATA)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert files(tmp_path) == [path_of(PICTURE)]


def test_a_folder_that_is_a_file_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.write_text("no folder")

    with pytest.raises(OSError, match="pictures"):
        keep(folder, PICTURE, DATA)

    assert files(tmp_path) == ["pictures"]


def test_removed_files_are_gone_and_those_that_were_not_there_no_error(tmp_path: Path) -> None:
    path = keep(tmp_path, PICTURE, DATA)

    assert remove(tmp_path, [path, "00/11/missing.jpg"]) == 1
    assert files(tmp_path) == []
