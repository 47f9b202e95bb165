"""Labelled pairs and their score: recall by kind of copy, wrong links by kind of look-alike, first publisher.

    python -m benchmarks.reprints [--pairs N] [--texts N] [--stories N] [--peers] [--show KIND] [--seed N]
                                   [--blind]

--peers adds datasketch and SimHash: pip install '.[peers]'. --show prints what Tushuo had wrong of a kind,
of a family (both as the tables name them), of `unrelated` or of `first publisher`. --blind judges by frames
and edits that the detector was not tuned on, and leaves out the first publishers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from benchmarks.reprints import publishers, show
from benchmarks.reprints.alike import alike_scene, blind_scene
from benchmarks.reprints.judges import Judge
from benchmarks.reprints.judges.peers import PeersMissing, peers
from benchmarks.reprints.judges.tushuo import tushuo
from benchmarks.reprints.kinds import EXCERPTS, MERGED, REPRINTS, copies_scene
from benchmarks.reprints.originals import Originals, load_originals
from benchmarks.reprints.sample import Scene
from benchmarks.reprints.score import UNRELATED, Count, Score

PUBLISHER = "first publisher"
BLIND_SEED = 1000  # added to the seed, so that the copies too are others
TARGETS = {"reprints": 0.99, "excerpts": 0.95, "precision": 0.99, "alike": 0.01, "publisher": 0.95}


def scenes(
    originals: Originals, pairs: int, texts: int, seed: int, *, blind: bool = False
) -> Iterator[Scene]:
    """Every kind's scene, then that of the look-alikes."""
    for kind in (*REPRINTS, MERGED, *EXCERPTS):
        yield copies_scene(kind, originals, pairs, seed)
    yield look_alikes(originals, texts, seed, blind=blind)


def look_alikes(originals: Originals, texts: int, seed: int, *, blind: bool = False) -> Scene:
    """All that is no copy; with `blind` of the frames that nobody looked at."""
    return (blind_scene if blind else alike_scene)(originals, texts, seed)


def main() -> int:
    options = _options()
    try:
        judges: dict[str, Judge] = {"Tushuo": tushuo, **(peers() if options.peers else {})}
    except PeersMissing as error:
        print(error, file=sys.stderr)
        return 1
    originals = load_originals()
    print(
        f"{len(originals.texts)} originals ({originals.real} real), "
        f"{originals.alike} articles left out because they share sentences with one"
    )
    if options.show:
        return _show(options, originals)
    scores = {name: Score() for name in judges}
    drawn = (options.texts, options.seed)
    for scene in scenes(originals, options.pairs, *drawn, blind=options.blind):
        for name, judge in judges.items():
            scores[name].add(scene, judge(scene))
        print(f"{scene.name}: {len(scene.samples)} texts", file=sys.stderr)
    _print_table("copies, recall", [*REPRINTS, MERGED, *EXCERPTS], {n: s.copies for n, s in scores.items()})
    families = [*next(iter(scores.values())).families]
    families.sort(key=lambda family: (family == UNRELATED, family))
    _print_table("no copies, linked", families, {n: s.families for n, s in scores.items()})
    _print_totals(scores)
    if not options.blind:
        _print_publishers(publishers.ask(publishers.cases(originals, options.stories, options.seed)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reprints",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pairs", type=int, default=300, help="copies of each kind (default: 300)")
    parser.add_argument("--texts", type=int, default=40, help="texts of each family (default: 40)")
    parser.add_argument(
        "--stories", type=int, default=240, help="stories for the first publisher (default: 240)"
    )
    parser.add_argument("--peers", action="store_true", help="judge with datasketch and SimHash too")
    parser.add_argument("--show", metavar="KIND", help="print what Tushuo had wrong of this kind")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (default: 1)")
    parser.add_argument(
        "--blind", action="store_true", help=f"blind frames alone; the seed is larger by {BLIND_SEED}"
    )
    options = parser.parse_args()
    if options.blind:
        options.seed += BLIND_SEED
    return options


def _show(options: argparse.Namespace, originals: Originals) -> int:
    """Print the faults of one kind; 1 when there is no such kind."""
    if options.show == PUBLISHER:
        answers = publishers.ask(publishers.cases(originals, options.stories, options.seed))
        for answer in answers:
            if not answer.right:
                print(f"{answer.case.situation}: {answer.publisher} ({answer.why}), not {answer.case.names}")
                for sample in answer.case.samples:
                    print(f"  {sample.published}  {sample.url}  来源 {sample.source}")
        return 0
    wanted = options.show
    every = (*REPRINTS, MERGED, *EXCERPTS)
    drawn = (options.texts, options.seed)
    found: Iterable[Scene] = (look_alikes(originals, *drawn, blind=options.blind),)
    if wanted == UNRELATED:
        found = scenes(originals, options.pairs, *drawn, blind=options.blind)
    elif wanted in every:
        found = (copies_scene(wanted, originals, options.pairs, options.seed),)
    for scene in found:
        if wanted not in show.names(scene):
            known = "; ".join((*every, *sorted(show.names(scene)), PUBLISHER))
            print(f"no kind {wanted!r}; there are: {known}", file=sys.stderr)
            return 1
        faults = list(show.faults(scene, tushuo(scene), wanted))
        print(*faults, f"{len(faults)} faults in {scene.name}", sep="\n")
    return 0


def _print_table(title: str, rows: list[str], tables: dict[str, dict[str, Count]]) -> None:
    print(f"\n| {title} | pairs | {' | '.join(tables)} |")
    print(f"| --- |{' --- |' * (len(tables) + 1)}")
    for row in rows:
        counts = [table.get(row, Count()) for table in tables.values()]
        print(f"| {row} | {counts[0].pairs:,} | {' | '.join(map(_cell, counts))} |")


def _cell(count: Count) -> str:
    return f"{count.share:.3f} ({count.linked:,})" if count.pairs else "–"


def _print_totals(scores: dict[str, Score]) -> None:
    print(f"\n| all | target | {' | '.join(scores)} |")
    print(f"| --- |{' --- |' * (len(scores) + 1)}")
    lines = {
        "reprints, recall": ("≥ .99", [_of(score.reprints) for score in scores.values()]),
        "excerpts, recall": ("≥ .95", [_of(score.excerpts) for score in scores.values()]),
        "hard negatives, linked": ("≤ .01", [_of(score.alike) for score in scores.values()]),
        "worst of their families": ("", [f"{s.worst[1].share:.4f} ({s.worst[0]})" for s in scores.values()]),
        "precision": ("≥ .99", [f"{score.precision:.4f}" for score in scores.values()]),
        "texts a second": ("", [f"{score.speed:,.0f}" for score in scores.values()]),
    }
    for name, (target, cells) in lines.items():
        print(f"| {name} | {target} | {' | '.join(cells)} |")


def _of(count: Count) -> str:
    return f"{count.share:.4f} ({count.linked:,} of {count.pairs:,})"


def _print_publishers(answers: list[publishers.Answer]) -> None:
    print("\n| first publisher | stories | right | whole |")
    print("| --- | --- | --- | --- |")
    ranked = sorted(answers, key=lambda answer: answer.case.situation)
    groups = [(name, list(group)) for name, group in groupby(ranked, lambda answer: answer.case.situation)]
    for name, group in [*groups, ("all (target ≥ .95)", answers)]:
        right = sum(answer.right for answer in group)
        whole = sum(answer.linked for answer in group)
        print(f"| {name} | {len(group)} | {right / len(group):.3f} ({right}) | {whole / len(group):.3f} |")


if __name__ == "__main__":
    sys.exit(main())
