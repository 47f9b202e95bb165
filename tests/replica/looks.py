"""How one article's page looks: drawn once an article, so that a changed text keeps its markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.replica.chance import dice
from tests.replica.story import Shot, Story
from tests.replica.world import World

CaptionStyle = Literal["centred", "font", "indented", "same-p", "span", "figure"]
DateForm = Literal["seconds", "chinese", "spans", "day"]
_CAPTIONS: dict[CaptionStyle, int] = {
    "centred": 30,
    "indented": 20,
    "font": 12,
    "same-p": 16,
    "span": 10,
    "figure": 12,
}
_DATES: dict[DateForm, int] = {"seconds": 66, "chinese": 14, "spans": 12, "day": 8}


@dataclass(frozen=True, slots=True)
class Look:
    template: str
    """Name in crawler/portals/cri.py: article, regional, info, slider."""
    variant: int
    """Which of the template's forms: names as ids or as classes, and older wrappers."""
    caption: CaptionStyle
    lazy: str
    """Attribute that holds the picture's real URL, or empty."""
    alt: Literal["list", "caption", "none"]
    picture_scheme: str
    """Empty for protocol-relative."""
    indent: Literal["spaces", "style"]
    date: DateForm
    colon: str
    bars: str
    """What parts the entries of the meta line."""
    code: str
    """Staff code after the editor's name, or empty."""
    duty: Literal["line", "body"]
    authors: Literal["tail", "line", "labelled"]
    crumbs: str
    """What parts the crumbs; empty for a page without."""
    share: bool
    code_picture: bool
    """A QR code below the text, inside the body."""
    hidden: bool
    notice: bool
    related: bool
    charset: Literal["utf-8", "gb", "undeclared"]
    bold: str
    """Tag of a heading inside its paragraph."""
    counter: bool
    """Slides are numbered."""


def look_at(world: World, number: int, story: Story) -> Look:
    """The page's look; it follows from the number, and from what the pictures need to be understood."""
    rng = dice(world.seed, "look", number)
    section = world.section(number)
    gallery = world.kind(number) == "gallery"
    template = "slider" if gallery else rng.choice(section.templates)
    caption = rng.choices(tuple(_CAPTIONS), tuple(_CAPTIONS.values()))[0]
    if caption == "indented" and not all(_speaks(shot) for shot in story.shots):
        caption = "centred"
    old = world.is_old(number)
    gb = rng.random() < (0.6 if old else 0.03) and not gallery
    date = rng.choices(tuple(_DATES), tuple(_DATES.values()))[0]
    if date == "day" and world.origin(number) is not None:
        date = "seconds"  # else a reprint could seem older than its original of the same day
    return Look(
        template=template,
        variant=rng.randrange(3),
        caption=caption,
        lazy=rng.choice(("", "", "", "data-src", "data-original")),
        alt=rng.choice(("list", "list", "list", "caption", "none")),
        picture_scheme=rng.choice(("", "", "", "https:", "http:")),
        indent=rng.choice(("spaces", "spaces", "spaces", "style")),
        date=date,
        colon=rng.choice("：：:"),
        bars=rng.choice((" | ", " | ", "　", "")),
        code=rng.choice(("", "", "", f"_NF{rng.randint(1000, 9999)}", f"_SF{rng.randint(100, 999)}")),
        duty=rng.choice(("line", "line", "body")),
        authors=rng.choice(("tail", "tail", "line", "labelled")),
        crumbs=rng.choice(("&gt;", "&gt; ", " &gt; ", "＞", "")),
        share=rng.random() < 0.5,
        code_picture=rng.random() < 0.2,
        hidden=rng.random() < 0.2,
        notice=rng.random() < 0.15,
        related=rng.random() < 0.2,
        charset="gb" if gb else "undeclared" if rng.random() < 0.06 else "utf-8",
        bold=rng.choice(("strong", "b")),
        counter=rng.random() < 0.4,
    )


def _speaks(shot: Shot) -> bool:
    """Whether a line that is set like body text can be known for a caption by what it says."""
    return (
        shot.line is None or shot.credit is not None or shot.line.startswith(("图为", "资料图", "（资料图"))
    )
