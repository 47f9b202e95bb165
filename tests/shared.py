"""The real pages, which are read in place: ../shared beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
REQUIRED = os.environ.get("TUSHUO_REQUIRE_SHARED") == "1"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir() and not REQUIRED,
    reason=f"{SHARED} is absent: the real pages are not part of the project",
)
