"""What is installed: every package of the project, and none of the tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_package_is_installed() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]

    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("crawler", "pipelines", "storage")
        for path in (ROOT / top).rglob("__init__.py")
    }

    assert set(declared) == folders
