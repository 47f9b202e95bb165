"""How well pictures are found again, how many are taken for others, and what that costs.

    python -m benchmarks.photos [--drawn N] [--pictures FOLDER…]    recall, false pairs, time of reading
    python -m benchmarks.photos --rows 10000 1000000                time of look-ups among so many rows

Pictures are drawn (hills, objects, text) or read in place below folders: their JPEG, PNG and WebP files.
Where ImageHash is installed its dhash and phash stand beside ours at their usual distances.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from crawler.pictures import Picture, PictureError, alike
from crawler.pictures.read import SIDE_LEAST, read_picture
from storage.alike import Looks, add, look_alikes, parts
from storage.engine import Database, open_database
from storage.models import PICTURE
from storage.types import signed64
from tests.pictures import drawn

_LARGEST = 1024  # pixels a side: what portals show; wallpapers are made that small first
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


class Seen(NamedTuple):
    """A picture and what its changed forms give."""

    name: str
    picture: Picture
    forms: dict[str, Picture]
    peer: dict[str, tuple[int, int]]
    """ImageHash's dhash and phash by form, `` of the picture itself; empty without it."""


def both(photo: Image.Image) -> bytes:
    """Half size, then a logo, then JPEG quality 30."""
    small = Image.open(io.BytesIO(drawn.half(photo)))
    return drawn.squeezed(Image.open(io.BytesIO(drawn.with_logo(small, 3))))


FORMS: dict[str, Callable[[Image.Image], bytes]] = {
    "half size": drawn.half,
    "JPEG quality 30": drawn.squeezed,
    "corner logo": drawn.with_logo,
    "black logo, lower left": lambda photo: drawn.encoded(_boxed(photo), quality=80),
    "caption bar, 8 %": drawn.with_bar,
    "half + logo + quality 30": both,
    "quarter size": lambda photo: drawn.half(Image.open(io.BytesIO(drawn.half(photo)))),
}


def _boxed(photo: Image.Image) -> Image.Image:
    changed = photo.copy()
    box = (0, photo.height * 9 // 10, photo.width * 17 // 100, photo.height)
    ImageDraw.Draw(changed).rectangle(box, fill="black")
    return changed


def opened(source: str | int) -> Image.Image:
    """The photo of a number, a page of text (odd hundreds), or the picture of a file."""
    if isinstance(source, int):
        photo = drawn.photo(source)
        if source % 8 == 0:  # scans and screenshots: lines on a plain ground
            rng = random.Random(source)
            photo = Image.new("RGB", (800, 600), (rng.randint(190, 255),) * 3)
            pen = ImageDraw.Draw(photo)
            for line in range(30, 580, rng.randint(18, 44)):
                words = " ".join("x" * rng.randint(1, 9) for _ in range(rng.randint(1, 18)))
                pen.text((rng.randint(20, 90), line), words, fill="black", font_size=rng.randint(12, 26))
        return photo
    image = Image.open(source)
    image.draft("RGB", (_LARGEST, _LARGEST))
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    white.alpha_composite(clear)
    white.thumbnail((_LARGEST, _LARGEST))
    return white.convert("RGB")


def seen(source: str | int) -> Seen | None:
    """What is measured of one picture; None when the file is none or has less than 64 pixels a side."""
    try:
        photo = opened(source)
        original = drawn.encoded(photo, quality=92)
        picture = read_picture(original)
        if min(photo.size) < SIDE_LEAST:
            return None
        data = {name: make(photo) for name, make in FORMS.items()}
    except (OSError, ValueError, PictureError):
        return None
    forms = {name: read_picture(one) for name, one in data.items()}
    return Seen(str(source), picture, forms, dict(_peer({"": original, **data})))


def _peer(data: dict[str, bytes]) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        import imagehash
    except ImportError:
        return
    for name, one in data.items():
        image = Image.open(io.BytesIO(one))
        yield name, (int(str(imagehash.dhash(image)), 16), int(str(imagehash.phash(image)), 16))


def same(one: Picture, other: Picture) -> bool:
    """The rule that is in force, on two pictures."""
    if (
        one.flat
        or other.flat
        or alike.distance(int(one.dhash, 16), int(other.dhash, 16)) > alike.DISTANCE_MOST
    ):
        return False
    if not alike.same_shape((one.width, one.height), (other.width, other.height)):
        return False
    return float(alike.likenesses(one.sketch, [other.sketch])[0]) >= alike.LIKENESS_LEAST


RULES: dict[str, Callable[[tuple[int, int], tuple[int, int]], bool]] = {
    "dHash ≤ 10": lambda a, b: alike.distance(a[0], b[0]) <= 10,
    "pHash ≤ 10": lambda a, b: alike.distance(a[1], b[1]) <= 10,
    "either ≤ 6": lambda a, b: min(alike.distance(a[0], b[0]), alike.distance(a[1], b[1])) <= 6,
}


def report_recall(all_seen: list[Seen], database: Database) -> None:
    matched = [one for one in all_seen if not one.picture.flat]
    print(f"{len(all_seen)} pictures, {len(all_seen) - len(matched)} of them flat and left out\n")
    ids = store(database, [one.picture for one in matched])
    print(
        f"{'recall':<26}{'of':>7}{'in force':>10}{'by look-up':>12}"
        + "".join(f"{name:>13}" for name in RULES)
    )
    for form in FORMS:
        # what becomes smaller than SIDE_LEAST is left out of matching by rule
        large = [n for n, one in enumerate(matched) if _side(one.forms[form]) >= SIDE_LEAST]
        rule = [same(matched[n].picture, matched[n].forms[form]) for n in large]
        with database.reading() as conn:
            found = [
                rule[m] and ids[n] in {hit.id for hit in look_alikes(conn, looks_of(matched[n].forms[form]))}
                for m, n in enumerate(large)
            ]
        line = f"{form:<26}{len(large):>7}{np.mean(rule):>10.4f}{np.mean(found):>12.4f}"
        for peer in RULES.values():
            hashes = [(hashes_of(matched[n], ""), hashes_of(matched[n], form)) for n in large]
            line += f"{np.mean([peer(a, b) for a, b in hashes]):>13.4f}"
        print(line)


def _side(picture: Picture) -> int:
    return min(picture.width, picture.height)


def hashes_of(one: Seen, form: str) -> tuple[int, int]:
    """ImageHash's two, else ours."""
    if one.peer:
        return one.peer[form]
    picture = one.forms[form] if form else one.picture
    return int(picture.dhash, 16), int(picture.phash, 16)


def report_pairs(all_seen: list[Seen], show: int) -> None:
    """All pairs; of those linked `show` are named, for some are no different pictures."""
    count = len(all_seen)
    pairs = count * (count - 1) // 2
    linked: list[tuple[str, str]] = []
    totals = dict.fromkeys(RULES, 0)
    ours = np.array([signed64(one.picture.dhash) for one in all_seen])
    theirs = np.array([hashes_of(one, "") for one in all_seen], np.uint64)
    for n in range(count - 1):
        near = np.flatnonzero(alike.distances(int(ours[n]), ours[n + 1 :]) <= alike.DISTANCE_MOST) + n + 1
        linked += [
            (all_seen[n].name, all_seen[m].name)
            for m in near
            if same(all_seen[n].picture, all_seen[m].picture)
        ]
        bits = np.bitwise_count(theirs[n + 1 :] ^ theirs[n])
        totals["dHash ≤ 10"] += int((bits[:, 0] <= 10).sum())
        totals["pHash ≤ 10"] += int((bits[:, 1] <= 10).sum())
        totals["either ≤ 6"] += int((bits.min(axis=1) <= 6).sum())
    print(
        f"\npairs linked of {pairs:,}, flat ones included: in force {len(linked)} ({len(linked) / pairs:.1e})"
    )
    for name, total in totals.items():
        print(f"  {name}: {total} ({total / pairs:.1e})")
    for one, other in linked[:show]:
        print(f"    {one} {other}")


def report_speed() -> None:
    photo = drawn.photo(1, 1024, 768)
    data = drawn.encoded(photo, quality=85)
    timings = {"reading, all numbers and the guards": lambda: read_picture(data)}
    if hashes := dict(_peer({"": data})):
        timings["ImageHash dhash + phash"] = lambda: list(_peer({"": data})) and hashes
    print(f"\nCPU ms a picture of 1024 × 768, {len(data) // 1024} KiB JPEG, median of 50")
    for name, call in timings.items():
        spent = []
        for _ in range(50):
            started = time.process_time()
            call()
            spent.append(time.process_time() - started)
        print(f"  {name}: {statistics.median(spent) * 1e3:.1f}")


def looks_of(picture: Picture) -> Looks:
    hashes = (signed64(picture.dhash), signed64(picture.phash))
    return Looks(*hashes, picture.sketch, picture.width, picture.height)


def store(database: Database, pictures: Iterable[Picture]) -> list[int]:
    """Write pictures as a crawl does; their ids."""
    rows = [row_of(picture, f"{n:064x}") for n, picture in enumerate(pictures, 1)]
    with database.writing() as conn:
        conn.execute(PICTURE.insert(), rows)
        add(conn, [row["id"] for row in rows])
    return [row["id"] for row in rows]


def row_of(picture: Picture, sha256: str) -> dict[str, Any]:
    looks = looks_of(picture)._asdict()
    return {"id": int(sha256, 16), "sha256": sha256, "flat": picture.flat, **looks}


def report_rows(counts: list[int], originals: list[Picture]) -> None:
    """CPU time of look-ups among synthetic pictures: half spread evenly, half crowded around a few."""
    heads = ("rows", "fill, s", "ms, even", "ms, crowded", "p99", "most", "file MB", "RSS MB")
    print("".join(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / f"{count}.db"
            with closing(open_database(f"sqlite:///{path}")) as database:
                started = time.process_time()
                fill(database, count, originals)
                filled = time.process_time() - started
                rng = random.Random(9)
                spent: dict[str, list[float]] = {"even": [], "crowded": []}
                for n in range(400):
                    kind = "even" if n % 2 else "crowded"
                    picture = made(rng, kind, originals)
                    with database.writing() as conn:
                        conn.execute(PICTURE.insert(), row_of(picture, f"{10**9 + n:064x}"))
                        started = time.process_time()
                        add(conn, [10**9 + n])
                        spent[kind].append((time.process_time() - started) * 1e3)
            every = sorted(spent["even"] + spent["crowded"])
            rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            means = (statistics.mean(spent["even"]), statistics.mean(spent["crowded"]))
            values = (count, round(filled), *means, every[int(len(every) * 0.99)], every[-1])
            cells = (*values, path.stat().st_size >> 20, rss)
            print("".join(f"{cell:>12,.2f}" if isinstance(cell, float) else f"{cell:>12,}" for cell in cells))


def made(rng: random.Random, kind: str, originals: list[Picture]) -> Picture:
    """A picture that was never drawn: random bits, or a real one's with a third of them drawn again."""
    model = rng.choice(originals)
    dhash = rng.getrandbits(64)
    if kind == "crowded":
        dhash = int(model.dhash, 16) ^ (dhash & rng.getrandbits(64) & rng.getrandbits(64))
    return Picture("", f"{dhash:016x}", f"{rng.getrandbits(64):016x}", 800, 600, 0, "", False, model.sketch)


def fill(database: Database, count: int, originals: list[Picture]) -> None:
    """Write rows as storage.alike.add() would, without looking for look-alikes."""
    rng = random.Random(7)
    with database.writing() as conn:
        for start in range(1, count + 1, 20_000):
            rows, bands = [], []
            for n in range(start, min(start + 20_000, count + 1)):
                row = row_of(made(rng, ("even", "crowded")[n % 2], originals), f"{n:064x}")
                rows.append(tuple(row.values()))
                bands += [(value, n, row["dhash"]) for value in parts(row["dhash"])]
            names = ", ".join(row)
            conn.exec_driver_sql(f"INSERT INTO picture ({names}) VALUES ({', '.join('?' * len(row))})", rows)
            conn.exec_driver_sql(
                "INSERT INTO picture_band (value, picture_id, dhash) VALUES (?, ?, ?)", bands
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawn", type=int, default=1000, help="pictures that are drawn (default 1000)")
    parser.add_argument("--pictures", type=Path, nargs="*", default=[], help="folders of pictures to read")
    parser.add_argument("--rows", type=int, nargs="*", help="measure look-ups among so many rows")
    parser.add_argument("--show", type=int, default=0, help="linked pairs to name")
    opts = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    if opts.rows:
        report_rows(opts.rows, [read_picture(drawn.encoded(drawn.photo(n))) for n in range(300)])
        return
    files = sorted({p for top in opts.pictures for p in top.rglob("*") if p.suffix.lower() in _SUFFIXES})
    sources = [*range(opts.drawn), *(str(path) for path in files if path.is_file() and not path.is_symlink())]
    with ProcessPoolExecutor(2) as pool:
        all_seen = [one for one in pool.map(seen, sources, chunksize=8) if one is not None]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(f"sqlite:///{folder}/a.db")) as database,
    ):
        report_recall(all_seen, database)
    report_pairs(all_seen, opts.show)
    report_speed()


if __name__ == "__main__":
    main()
