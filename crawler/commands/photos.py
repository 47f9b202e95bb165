"""scrapy photos: where pictures were used again, and what was said of them there."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import day_and_minute, print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import Match, Photo, Use


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [ID-or-URL]"

    def short_desc(self) -> str:
        return "List photos that were used again, or all uses of one"

    def long_desc(self) -> str:
        return (
            "List the photos of more than one article, the latest used first, with the times, portals and "
            "whether captions or credits differ. With the number or URL of one: every use, the earliest "
            "first; caption and credit are numbered by what they say, so that 2 contradicts 1. With --file a "
            "picture from outside is looked up: the same bytes, or one that looks the same (exit code 1 when "
            "none does). Pictures that look the same are found where crawls ran with -s IMAGES=on, or after "
            "scrapy photos --fetch; else photos go by their URL. "
            "Example: scrapy photos --since 2026-01-01 --portal cri"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--file", metavar="FILE", help="a picture from outside, to be looked up")
        parser.add_argument(
            "--fetch", action="store_true", help="fetch the pictures that stored articles lack"
        )
        parser.add_argument(
            "--portal", metavar="NAME", type=command.name, help="used by this portal, e.g. cri"
        )
        parser.add_argument("--since", metavar="DAY", type=command.day, help="used on or after YYYY-MM-DD")
        parser.add_argument("--until", metavar="DAY", type=command.day, help="used on or before YYYY-MM-DD")
        parser.add_argument(
            "--limit", type=command.positive, metavar="N", help="at most N (default 20; with --fetch all)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) > 1 or sum((bool(args), opts.file is not None, opts.fetch)) > 1:
            raise UsageError("give one of: a photo's number or URL, --file FILE, --fetch", print_help=False)
        if opts.fetch:
            self.fetch(opts)
        elif opts.file is not None:
            self.look_up(opts)
        elif args:
            self.one(args[0], opts)
        else:
            self.many(opts)

    def many(self, opts: argparse.Namespace) -> None:
        """Photos that were used again."""
        from storage.queries import Filters, reused

        filters = Filters(portal=opts.portal, since=opts.since, until=opts.until)
        limit = opts.limit or 20
        with self.database() as database, database.reading() as conn:
            found = list(reused(conn, filters, limit))
        if opts.json:
            print_json(summary(photo) for photo in found)
        elif found:
            print_table(
                ("id", "first use", "uses", "articles", "portals", "looks", "differ", "caption"),
                [_line(photo) for photo in found],
                wide="caption",
            )
        else:
            say(
                "no photo was used by two articles"
                + (" that pass the filters" if filters.conditions() else "")
            )
        if len(found) == limit:
            say(f"the latest {limit}; more with --limit {limit * 5}")

    def one(self, reference: str, opts: argparse.Namespace) -> None:
        """All uses of one photo."""
        from storage.queries import photo

        with self.database() as database, database.reading() as conn:
            found = photo(conn, reference)
        if found is None:
            raise command.CommandError(
                f"no photo {reference}: give a number that scrapy photos lists, or a picture's URL"
            )
        if opts.json:
            print_json([details(found)])
            return
        for line in page(found):
            print(line)

    def look_up(self, opts: argparse.Namespace) -> None:
        """Where a picture from outside was used."""
        from crawler.pictures import PictureError
        from crawler.pictures.read import read_picture
        from storage.queries import matches

        assert self.settings is not None
        try:
            picture = read_picture(Path(opts.file).read_bytes(), self.settings.getint("IMAGES_MAX_PIXELS"))
        except (OSError, PictureError) as error:
            raise command.CommandError(f"{opts.file}: {error}") from None
        with self.database() as database, database.reading() as conn:
            found = matches(conn, picture)
        if not found:
            hint = "; it shows too little to be told from others, only its bytes were compared"
            raise command.CommandError(
                f"{opts.file}: no stored picture is or looks like it{hint if picture.flat else ''}"
            )
        if opts.json:
            print_json(_match_record(match) for match in found)
            return
        for match in found:
            print(f"{match.kind}: {match.why}")
            for line in page(match.photo):
                print(line)

    def fetch(self, opts: argparse.Namespace) -> None:
        """Fetch what stored articles lack."""
        from scrapy.crawler import AsyncCrawlerProcess

        from crawler.spiders.photos import fetch_photos

        if opts.since or opts.until:
            raise UsageError("--fetch goes by --portal and --limit only", print_help=False)
        with self.database():
            pass  # says so when there is none
        counts = fetch_photos(AsyncCrawlerProcess(self.settings), opts.portal, opts.limit)
        failed = {name.partition("/")[2]: n for name, n in counts.items() if name.startswith("failed/")}
        reasons = ", ".join(f"{number} {reason}" for reason, number in sorted(failed.items()))
        say(
            f"{counts.get('fetched', 0)} pictures fetched, {counts.get('failed', 0)} failed"
            + (f" ({reasons})" if reasons else "")
        )
        if not counts["ended"]:
            raise command.CommandError("it ended early; say it again to go on")


def summary(photo: Photo) -> dict[str, Any]:
    """What the list says of a photo."""
    first = photo.uses[0]
    return {
        "id": photo.id,
        "url": first.url,
        "uses": len(photo.uses),
        "articles": photo.articles,
        "portals": photo.portals,
        "looks": len(photo.looks),
        "first_at": first.published_at,
        "last_at": photo.uses[-1].published_at,
        "captions_differ": photo.captions_differ,
        "credits_differ": photo.credits_differ,
        "caption": next((use.caption for use in photo.uses if use.caption), None),
        "credit": next((use.credit for use in photo.uses if use.credit), None),
        "sha256": next((look.sha256 for look in photo.looks), None),
    }


def details(photo: Photo) -> dict[str, Any]:
    """A photo with every use and every picture that looks like it."""
    uses = [
        {**use._asdict(), "caption_version": caption, "credit_version": credit}
        for use, caption, credit in _numbered(photo)
    ]
    return {**summary(photo), "looks": [look._asdict() for look in photo.looks], "uses": uses}


def page(photo: Photo) -> Iterator[str]:
    """The lines of a photo for reading."""
    said = _difference(photo)
    yield f"photo {photo.id}: {len(photo.uses)} uses in {photo.articles} articles" + (
        f"; {said}" if said else ""
    )
    for look in photo.looks:
        size = f"{look.width} × {look.height}" if look.width else "size unknown"
        yield f"  picture {look.picture}: {size}, {look.path or 'no file'}" + (
            f"; {look.why}" if look.why else ""
        )
    for use, caption, credit in _numbered(photo):
        when = day_and_minute(use.published_at) or "no date"
        yield f"\n{when} | {use.portal or ''} | {use.source or ''} | article {use.article}: {use.title}"
        yield f"  {use.article_url}"
        yield f"  {use.url}"
        if use.caption:
            yield f"  图说{_mark(caption, photo.captions_differ)}：{use.caption}"
        if use.credit_raw or use.credit:
            yield f"  署名{_mark(credit, photo.credits_differ)}：{use.credit_raw or use.credit}"


def _numbered(photo: Photo) -> Iterator[tuple[Use, int | None, int | None]]:
    return zip(photo.uses, photo.caption_versions, photo.credit_versions, strict=True)


def _mark(version: int | None, differ: bool) -> str:
    return f"〔{version}〕" if differ else ""


def _difference(photo: Photo) -> str:
    names = (("captions", photo.captions_differ), ("credits", photo.credits_differ))
    differing = " and ".join(name for name, differ in names if differ)
    return f"{differing} differ" if differing else ""


def _line(photo: Photo) -> tuple[object, ...]:
    about = summary(photo)
    names = (("caption", photo.captions_differ), ("credit", photo.credits_differ))
    differing = "、".join(name for name, differ in names if differ)
    return (
        photo.id,
        day_and_minute(about["first_at"]),
        about["uses"],
        about["articles"],
        "、".join(photo.portals),
        max(about["looks"], 1),
        differing,
        about["caption"] or about["url"],
    )


def _match_record(match: Match) -> dict[str, Any]:
    about = {name: getattr(match, name) for name in ("picture", "kind", "distance", "likeness", "why")}
    return {**about, **details(match.photo)}
