"""Commands read through storage.queries alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from storage import queries

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted((ROOT / "crawler/commands").glob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of what a file imports from storage."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "storage":
            yield from ((node.module, alias.name) for alias in node.names)


READING = {module for module, _ in imports(ROOT / "storage/queries.py")}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_a_command_reads_through_queries_alone(path: Path) -> None:
    past = [
        f"{module}.{name}"
        for module, name in imports(path)
        # what is written is an operation, wherever it is declared
        if module in READING and not hasattr(getattr(import_module(module), name), "apply")
    ]

    assert past == [], "import it from storage.queries"


def test_questions_of_a_reading_module_are_among_the_queries() -> None:
    assert {"storage.photos", "storage.search", "storage.health", "storage.runs"} < READING
    assert {"photo", "reused", "matches", "stream_articles", "runs", "measure", "split"} < set(
        queries.__all__
    )


def test_the_list_of_commands_asks_for_no_database() -> None:
    code = "import sys, scrapy.cmdline as c; c._get_commands_dict(c.get_project_settings(), True)"
    code += "; print('storage.queries' in sys.modules, 'crawler.commands.search' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]
