"""The docs are true: their commands run, their links lead somewhere, and what is generated is fresh."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_help import NAMES, command_help
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
COMMAND = re.compile(r"^scrapy .+$", re.MULTILINE)
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[list[str]]:
    """The scrapy commands in a page's code blocks, without comments."""
    blocks = FENCE.findall((ROOT / page).read_text("utf-8"))
    lines = [line for block in blocks for line in COMMAND.findall(block)]
    return [shlex.split(line, comments=True) for line in lines]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str], str]]:
    """A folder to run commands in, an environment with a database of its own, and a portal's address."""
    folder = tmp_path_factory.mktemp("docs")
    variables = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "PYTHONPATH": str(ROOT),
        "TUSHUO_DATABASE_URL": f"sqlite:///{folder / 'tushuo.db'}",
    }
    with ReplicaServer(Replica(60)) as server:
        yield folder, variables, server.address


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_commands_of_the_readme_run(page: str, environment: tuple[Path, dict[str, str], str]) -> None:
    folder, variables, address = environment
    quick = ["-s", f'CONNECT_TO={{"*.cri.cn": "{address}"}}', "-s", "DOWNLOAD_DELAY=0"]
    found = commands(page)
    assert len(found) >= 9

    for command in found:
        extra = [*quick, "-s", "AUTOTHROTTLE_ENABLED=0"] if command[1] in ("crawl", "doctor") else []
        done = subprocess.run(
            [sys.executable, "-m", *command, *extra],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr}"
        if command[1] in ("search", "show"):
            assert done.stdout, f"{shlex.join(command)} showed nothing: {done.stderr}"


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert (ROOT / "docs/commands.md").read_text("utf-8") == command_help(), "run: make docs"


def test_every_command_of_the_project_is_in_the_docs() -> None:
    modules = {path.stem for path in (ROOT / "crawler/commands").glob("*.py")} - {"__init__"}

    assert modules == set(NAMES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_map_names_every_file_of_the_core() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    files = [*ROOT.glob("crawler/*.py"), *ROOT.glob("crawler/*/*.py"), *ROOT.glob("storage/*.py")]
    stems = {
        path.stem for path in files if path.stem not in ("__init__", *NAMES) and "portals" not in path.parts
    }

    missing = sorted(stem for stem in stems if not re.search(rf"\b{stem}\b", text))

    assert missing == [], f"docs/architecture.md does not say what these are for: {missing}"


def test_no_file_names_a_package_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    hosts = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "index" + "-url", "/simp" + "le/")))
    named = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        # the option that leaves addresses out is no address
        text = (
            path.read_text("utf-8", "replace").replace("--no-emit-index" + "-url", "")
            if path.is_file()
            else ""
        )
        if hosts.search(text):
            named.append(name)

    assert named == []
