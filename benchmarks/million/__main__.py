"""Write articles of the benchmark as records for `scrapy import`.

python -m benchmarks.million --articles N [--seed S] [--start I] -o FILE.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.million import articles
from crawler.items import to_record


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, required=True, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other articles (1)")
    parser.add_argument("--start", type=int, default=0, metavar="I", help="number of the first (0)")
    parser.add_argument("-o", dest="file", required=True, metavar="FILE", help="the file to write")
    options = parser.parse_args(arguments)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with Path(options.file).open("w", encoding="utf-8") as file:
        for article in articles(options.articles, options.seed, options.start):
            file.write(encode(to_record(article)))
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
