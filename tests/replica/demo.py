"""make demo: crawl the replica of a CRI portal into SQLite and show what is in the database.

Every step is a command that a user could type; each is printed before it runs.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

ROOT = Path(__file__).resolve().parents[2]
SIZE = 220
# the demo's own server needs no pauses; a real portal is asked once a second
QUICK = ["-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16"]


def show(*command: str, quiet: tuple[str, ...] = ()) -> int:
    """Print a scrapy command and run it; `quiet` arguments are passed but not printed."""
    print(f"\n$ scrapy {shlex.join(command)}", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *command, *quiet], cwd=ROOT, check=False
    ).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="data/demo.db", help="SQLite file, relative to scrapy.cfg")
    options = parser.parse_args()
    database = ("-s", f"DATABASE_URL=sqlite:///{options.database}")
    print(f"A replica of CRI's portal with {SIZE} articles, served on this machine; nothing goes out.")
    with ReplicaServer(Replica(SIZE)) as server:
        connect_to = ["-s", f'CONNECT_TO={{"*.cri.cn": "{server.address}"}}']
        crawl = ["crawl", "cri", *connect_to]
        quiet = (*QUICK, *database, "-s", "LOG_LEVEL=WARNING", "-s", "CONTACT=https://example.org/demo")
        code = show(*crawl, quiet=quiet)
    for command in (
        ("db", "stats"),
        ("search", "--limit", "8"),
        ("search", "医院", "--limit", "5"),
        ("search", "--images", "孩子", "--limit", "5"),
        ("stories", "--limit", "5"),
        ("ledger",),
    ):
        code = code or show(*command, quiet=database)
    print(f"\nThe database is {options.database}. Run `make demo` again: it adds nothing.")
    return code


if __name__ == "__main__":
    sys.exit(main())
