"""datasketch's MinHash LSH and 64-bit SimHash, at the settings their documentation and users give."""

from __future__ import annotations

import time
from importlib.util import find_spec

import numpy as np

from benchmarks.reprints.judges import Judge, Verdict
from benchmarks.reprints.sample import Scene, ordered

NGRAM = 5  # characters: what text-dedup and most users of datasketch take
PERMUTATIONS = 128
BITS = 3  # of 64 that may differ: Google's paper, and the package's examples
_NEEDED = ("datasketch", "simhash")


class PeersMissing(Exception):
    """A public tool is not installed. The message says which and how to install it."""


def peers() -> dict[str, Judge]:
    """The public tools by name. PeersMissing when one is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise PeersMissing(f"{', '.join(missing)} not installed; run: pip install '.[peers]'")
    return {
        "datasketch .7": lambda scene: minhash(scene, 0.7),
        "datasketch .5": lambda scene: minhash(scene, 0.5),
        "SimHash": simhash,
    }


def _grams(body: str) -> list[str]:
    plain = "".join(body.split())
    return [plain[at : at + NGRAM] for at in range(max(1, len(plain) - NGRAM + 1))]


def minhash(scene: Scene, threshold: float) -> Verdict:
    """A pair is linked when the index returns one article for the other."""
    from datasketch import MinHash, MinHashLSH

    started = time.perf_counter()
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    linked = {}
    for place, sample in enumerate(scene.samples):
        if not sample.text.body:
            continue
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([gram.encode() for gram in set(_grams(sample.text.body))])
        for other in index.query(signature):
            pair = ordered(place, other)
            linked[pair] = "same bucket"
        index.insert(place, signature)
    return Verdict(linked, len(scene.samples), time.perf_counter() - started)


def simhash(scene: Scene) -> Verdict:
    """A pair is linked when at most BITS of 64 bits differ."""
    from simhash import Simhash

    started = time.perf_counter()
    places = [place for place, sample in enumerate(scene.samples) if sample.text.body]
    values = np.array([Simhash(scene.samples[place].text.body).value for place in places], dtype=np.uint64)
    linked = {}
    for row in range(1, len(values)):
        apart = np.bitwise_count(values[:row] ^ values[row])
        for column in np.flatnonzero(apart <= BITS):
            linked[ordered(places[column], places[row])] = f"{apart[column]} bits differ"
    return Verdict(linked, len(scene.samples), time.perf_counter() - started)
