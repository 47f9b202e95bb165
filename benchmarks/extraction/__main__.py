"""One table: every tool on every real page, per field and per portal, with milliseconds a page.

    python -m benchmarks.extraction [--per-portal] [--only NAME] [--worst N] [--blind IDS.txt]

Each tool runs in a process of its own, on one core, over the same pages in the same order, each page once
after a first one that is not counted. The scorer is ../shared/eval/score.py.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.extraction.tools import RETURNS, TOOLS

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
FIELDS = (
    "body", "title", "published_at", "source", "editor", "duty_editor", "authors", "images", "captions",
    "captions_macro", "credits",
)  # fmt: skip


def pages() -> list[dict[str, Any]]:
    """The corpus's pages with an article: id, file, portal, host, url."""
    index = json.loads((CORPUS / "index.json").read_text("utf-8"))
    return [page for page in index if page["kind"] != "list"]


def address(page: dict[str, Any]) -> str:
    """The page's address; where it is not known, its host's home, which is all a tool is told."""
    return page["url"] or (f"https://{page['host']}/" if page["host"] else "")


def run_tool(name: str, target: Path) -> None:
    """Read every page with one tool; write records, then the milliseconds a page, as JSON Lines."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from crawler.extract.decode import decode

    read = TOOLS[name]()
    spent = 0.0
    listed = pages()
    with target.open("w", encoding="utf-8") as file:
        for number, page in enumerate([listed[0], *listed]):
            body = (CORPUS / page["file"]).read_bytes()
            text = decode(body).text
            url = "" if name == "Tushuo, general" else address(page)
            started = time.perf_counter()
            try:
                record = read(body, text, url)
            except Exception as error:  # noqa: BLE001 - a tool that breaks on a page has read nothing there
                record = {"error": f"{type(error).__name__}: {error}"}
            if number:
                spent += time.perf_counter() - started
                file.write(json.dumps(record | {"id": page["id"]}, ensure_ascii=False, default=str) + "\n")
    print(json.dumps({"ms": spent / len(listed) * 1000}))


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(target: Path, ids: list[str]) -> dict[str, dict[str, float]]:
    """The scores of each page."""
    module = scorer()
    got = {row["id"]: row for row in map(json.loads, target.read_text("utf-8").splitlines())}
    gold = {i: json.loads((CORPUS / "gold" / f"{i}.json").read_text("utf-8")) for i in ids}
    return {i: module.score_page(gold[i], got.get(i, {})) for i in ids}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="NAME", help="tools whose name holds this")
    parser.add_argument("--per-portal", action="store_true", help="also Tushuo's scores portal by portal")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also the N worst pages by body")
    parser.add_argument("--ids", type=Path, metavar="FILE", help="score only these pages, one id a line")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_tool(options.run, options.target)
        return 0
    if not CORPUS.is_dir():
        print(f"{CORPUS} is absent: the real pages are not part of the project", file=sys.stderr)
        return 1
    ids = options.ids.read_text().split() if options.ids else [page["id"] for page in pages()]
    print(f"{len(ids)} pages; means over portals, images, captions and credits pooled\n")
    print("| tool | " + " | ".join(FIELDS) + " | ms a page |")
    print("| --- |" + " --- |" * (len(FIELDS) + 1), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(TOOLS):
            if options.only and options.only.lower() not in name.lower():
                continue
            target = Path(folder, f"{number}.jsonl")
            command = [sys.executable, "-m", "benchmarks.extraction", "--run", name, "--target", str(target)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                missing = done.stderr.strip().splitlines()[-1]
                print(f"| {name} | not run: {missing}; peers: pip install '.[peers]' |", flush=True)
                continue
            rows = score(target, ids)
            total = scorer().summarise(rows)
            speed = json.loads(done.stdout.splitlines()[-1])["ms"]
            known = RETURNS.get(name.partition(",")[0], FIELDS)
            # the scorer counts a null as right where the page has nothing, which is no merit of a tool
            figures = " | ".join(f"{total[field]:.3f}" if field in known else "–" for field in FIELDS)
            print(f"| {name} | {figures} | {speed:.1f} |", flush=True)
            if name.startswith("Tushuo"):
                details(rows, options)
    return 0


def details(rows: dict[str, dict[str, float]], options: argparse.Namespace) -> None:
    """Tushuo portal by portal, and its worst pages."""
    module = scorer()
    if options.per_portal:
        portals: dict[str, dict[str, dict[str, float]]] = {}
        for page, row in rows.items():
            portals.setdefault(page.rsplit("-", 1)[0], {})[page] = row
        for portal, group in sorted(portals.items()):
            total = module.summarise(group)
            wanted = {
                "captions": "_cap_n",
                "captions_macro": "_cap_n",
                "credits": "_cred_n",
                "images": "_img_want",
            }
            has = {f for f in FIELDS if f not in wanted or sum(row[wanted[f]] for row in group.values())}
            figures = " | ".join(f"{total[f]:.3f}" if f in has else "" for f in FIELDS)
            print(f"| · {portal} ({len(group)}) | {figures} | |")
    for page, row in sorted(rows.items(), key=lambda entry: entry[1]["body"])[: options.worst]:
        wrong = [name for name in (*module.SCALARS, "authors") if not row[name]]
        print(f"  {page}: body {row['body']:.3f}; wrong: {', '.join(wrong) or 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
