"""The same question to the peers: milliseconds a new text and memory, as the number of texts grows.

    python -m benchmarks.reprints.peers_scale [--sizes 10000,100000] [--new 2000]   # pip install ".[peers]"

datasketch: MinHash (128 permutations, 5 characters) in a MinHashLSH of threshold .5, all in memory. SimHash:
64 bits, at most 3 differ, in its own SimhashIndex. Texts are those of benchmarks.million. Each runs in a
process of its own; what is printed is processor time, and what the memory grew by.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from benchmarks.million import articles

_SEED = 6
_KIB = 1024


def datasketch() -> tuple[Callable[[str], Any], Callable[[str, Any], None], Callable[[Any], list[Any]]]:
    """How to make a signature, to keep it, and to ask for the like."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)

    def sign(body: str) -> Any:
        made = MinHash(num_perm=128)
        made.update_batch([body[at : at + 5].encode() for at in range(len(body) - 4)])
        return made

    return sign, index.insert, index.query


def simhash() -> tuple[Callable[[str], Any], Callable[[str, Any], None], Callable[[Any], list[Any]]]:
    """The same of SimHash."""
    from simhash import Simhash, SimhashIndex

    logging.getLogger().setLevel(logging.ERROR)  # it warns of every bucket that grows
    index = SimhashIndex([], k=3)
    return (
        lambda body: Simhash([body[at : at + 5] for at in range(len(body) - 4)]),
        index.add,
        index.get_near_dups,
    )


PEERS = {"datasketch": datasketch, "simhash": simhash}


def measure(name: str, sizes: list[int], new: int) -> Iterator[str]:
    sign, keep, ask = PEERS[name]()
    process = psutil.Process()
    before = process.memory_info().rss
    stored = 0
    stream = articles(max(sizes) + new * len(sizes), _SEED)
    for size in sizes:
        while stored < size:
            keep(str(stored), sign(next(stream).body_text))
            stored += 1
        fresh = [next(stream).body_text for _ in range(new)]
        began = time.process_time()
        for number, body in enumerate(fresh):
            signed = sign(body)
            ask(signed)
            keep(f"{size} {number}", signed)
        took = 1000 * (time.process_time() - began) / new
        grown = (process.memory_info().rss - before) / _KIB / _KIB
        yield f"{name:>12} {size:>10,} texts: {took:.2f} ms a new one, {grown:,.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--new", type=int, default=2_000)
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        for line in measure(options.peer, [int(size) for size in options.sizes.split(",")], options.new):
            print(line, flush=True)
        return
    for name in PEERS:
        command = [sys.executable, "-m", "benchmarks.reprints.peers_scale", "--peer", name]
        subprocess.run([*command, "--sizes", options.sizes, "--new", str(options.new)], check=True)


if __name__ == "__main__":
    main()
