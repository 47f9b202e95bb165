"""Let a loaded database have a past: mark some articles as changed, and some as gone.

    python -m benchmarks.million.age --database URL [--changed 0.08] [--gone 0.03] [--seed S]

Which ones is drawn by the article's number, all over the database as in life; that time passes is otherwise
not imitated, there are no revisions. What it is for is the search under `--changed` and `--gone`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import bindparam, func, select, update

from storage import index
from storage.engine import open_database
from storage.models import ARTICLE
from storage.records import chunks

_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", metavar="URL", required=True)
    parser.add_argument("--changed", type=float, default=0.08, metavar="SHARE", help="of all articles (0.08)")
    parser.add_argument("--gone", type=float, default=0.03, metavar="SHARE", help="of all articles (0.03)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    with closing(open_database(options.database)) as database:
        with database.reading() as conn:
            last = conn.scalar(select(func.max(ARTICLE.c.id))) or 0
        for name, share in (("changed_at", options.changed), ("gone_at", options.gone)):
            ids = rng.choice(last, size=int(last * share), replace=False) + 1
            statement = update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")).values({name: _WHEN})
            for chunk in chunks(sorted(ids.tolist()), _AT_ONCE):
                with database.writing() as conn:
                    conn.execute(statement, [{"row_id": number} for number in chunk])
                    index.renew(conn, chunk)
            print(f"{name}: {len(ids):,}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
