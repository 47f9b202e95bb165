"""Item loaders: every field of an article and of its pictures is normalised here, by pure processors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from itemloaders import ItemLoader
from itemloaders.processors import Compose, Identity, MapCompose, TakeFirst

from crawler.claims import believed
from crawler.extract import EXTRACTOR
from crawler.extract.body import RawBlock
from crawler.extract.credits import split_credit
from crawler.extract.names import split_names
from crawler.extract.raw import RawArticle
from crawler.identity import UrlError, canonical_url
from crawler.items import MAX_CHANNEL, MAX_SOURCE, Article, Block, BlockType, Image, Source, join_text
from crawler.portals import Portal
from crawler.text import clean, fold, squash, text_lines

_LIST_NAME = re.compile(r"\A\s*【[^】]{1,30}】\s*")
_SITE_TAIL = re.compile(r"\s*[-_|–—]+\s*(?P<site>[^-_|–—]{2,20})\Z")


def without_list_name(alt: str) -> str | None:
    """An alt text without the list name that CRI puts before it.

    >>> without_list_name("【社会民生列表】一个标题")
    '一个标题'
    """
    return _LIST_NAME.sub("", squash(alt)) or None


def headline(site_names: Iterable[str] = ()) -> Callable[[str], str]:
    """A processor that cuts the site's name off a headline's end.

    >>> headline(["国际在线"])("春耕正忙-国际在线")
    '春耕正忙'
    """
    names = {fold(name) for name in site_names}

    def cut(title: str) -> str:
        title = squash(title)
        while True:
            tail = _SITE_TAIL.search(title)
            if tail is None or fold(tail["site"]) not in names:
                return title
            title = title[: tail.start()]

    return cut


def absolute(base: str) -> Callable[[str], str | None]:
    """A processor that makes a URL absolute and canonical in form; None for what is no web address.

    Of a saved page whose own address is not known (`base` is "") relative URLs stay as they are.

    >>> absolute("https://cq.cri.cn/a/1.html")("//img2.cri.cn/x.jpg")
    'https://img2.cri.cn/x.jpg'
    >>> absolute("")("./x.jpg"), absolute("")("//img2.cri.cn/x.jpg"), absolute("")("data:image/gif;base64,R0")
    ('./x.jpg', 'https://img2.cri.cn/x.jpg', None)
    """

    def join(url: str) -> str | None:
        text = clean(url).strip().replace("\\", "/")
        try:
            written = urlsplit(text)
            if not base and not written.scheme and not written.netloc:
                return text or None
            joined = urljoin(base or "https:", text)
            parts = urlsplit(joined)
        except ValueError:  # such as an unclosed [ in the host
            return None
        return joined if parts.scheme in ("http", "https") and parts.hostname else None

    return join


def names(values: Iterable[str]) -> list[str]:
    """Bare names, each once, from values that may hold several, with labels' rests and staff codes.

    >>> names(["A、B", "沈砚_NT1024"])
    ['A', 'B', '沈砚']
    """
    return list(dict.fromkeys(name for value in values for name in split_names(value)))


def joined_names(values: Iterable[str]) -> str | None:
    """Names joined by 、; None for none."""
    return "、".join(names(values)) or None


def outer_levels(levels: list[str]) -> list[str]:
    """As many levels of a breadcrumb, from the outside in, as can be stored.

    >>> outer_levels(["重庆频道", "民生" * 300])
    ['重庆频道']
    """
    lengths = accumulate(len(level) + 1 for level in levels)
    return [level for level, length in zip(levels, lengths, strict=True) if length <= MAX_CHANNEL + 1]


@lru_cache(maxsize=256)
def _processor(loader: type[ItemLoader], field: str, end: str) -> Callable[..., Any]:
    default = loader.default_input_processor if end == "in" else loader.default_output_processor
    return cast("Callable[..., Any]", getattr(loader, f"{field}_{end}", default))


class Loader(ItemLoader):
    """An item loader whose processors are looked up once a class: itemloaders asks the item each time."""

    def get_input_processor(self, field_name: str) -> Callable[..., Any]:
        return _processor(type(self), field_name, "in")  # type: ignore[arg-type]

    def get_output_processor(self, field_name: str) -> Callable[..., Any]:
        return _processor(type(self), field_name, "out")  # type: ignore[arg-type]


class ImageLoader(Loader):
    """Makes an `Image` of raw values; `caption` takes the whole line and parts it from its credit."""

    default_output_processor = TakeFirst()
    alt_in = MapCompose(without_list_name)
    caption_in = MapCompose(squash)
    credit_in = MapCompose(squash)
    credit_raw_in = MapCompose(squash)


class ArticleLoader(Loader):
    """Makes an `Article` of a page's raw values."""

    default_output_processor = TakeFirst()
    title_in = MapCompose(squash)
    subtitle_in = MapCompose(squash)
    published_raw_in = MapCompose(squash)
    channel_in = MapCompose(squash)
    channel_out = outer_levels
    keywords_in = MapCompose(squash)
    keywords_out = Compose(dict.fromkeys, list)
    authors_in = names
    authors_out = Identity()
    editor_in = names
    editor_out = joined_names
    duty_editor_in = names
    duty_editor_out = joined_names
    blocks_out = Identity()
    images_out = Identity()


def _source(name: str | None, url: str | None) -> Source | None:
    name = squash(name or "")
    # a longer one is a text that a wrong rule took for a name
    return Source(name, url) if 0 < len(name) <= MAX_SOURCE else None


def _image(
    raw: RawBlock, position: int, to_absolute: Callable[[str], str | None], title: str
) -> Image | None:
    piece = raw.piece
    url = to_absolute(piece.url or "")
    if url is None:
        return None
    loader = ImageLoader(item=Image(url=url, position=position))
    loader.add_value("alt", piece.alt)
    parts = split_credit(raw.caption)
    caption = parts.caption if parts.caption and fold(parts.caption) != fold(title) else None
    loader.add_value("caption", caption)
    loader.add_value("credit", parts.credit)
    loader.add_value("credit_raw", parts.credit_raw)
    loader.add_value("width", piece.width)
    loader.add_value("height", piece.height)
    image: Image = loader.load_item()
    return image


def _body(raw: RawArticle, title: str) -> tuple[list[Block], list[Image]]:
    """Normalised blocks and pictures; a picture that has no web address is left out with its block."""
    blocks: list[Block] = []
    images: list[Image] = []
    to_absolute = absolute(raw.base)
    for part in raw.blocks:
        piece = part.piece
        if piece.kind == "image":
            image = _image(part, len(blocks), to_absolute, title)
            if image is not None:
                blocks.append(Block("image", image=len(images)))
                images.append(image)
        elif piece.kind == "video":
            url = to_absolute(piece.url or "")
            if url:
                blocks.append(
                    Block("video", url=url, poster=to_absolute(piece.poster) if piece.poster else None)
                )
        elif piece.kind == "table":
            rows = [[squash(cell) for cell in row] for row in piece.rows or []]
            blocks.append(Block("table", text=text_lines(piece.text), rows=rows))
        else:
            kind: BlockType = (
                "heading" if part.heading else "quote" if piece.tag == "blockquote" else "paragraph"
            )
            blocks.append(Block(kind, text=squash(piece.text)))
    return blocks, images


# characters that only one of the two scripts uses, among the most frequent of each
_TRADITIONAL = frozenset(
    "這國來時們對會發動產種過說後經為學長現開關點業當無與電機應實車員變體樣報總題門應該將從進兩間還義務認區"
)
_SIMPLIFIED = (
    frozenset(
        "这国来时们对会发动产种过说后经为学长现开关点业当无与电机应实车员变体样报总题门应该将从进两间还义务认区"
    )
    - _TRADITIONAL
)


def language_of(text: str) -> str | None:
    """zh-CN, zh-TW or None (no Chinese), by the characters that only one script has."""
    sample = text[:3000]
    traditional = sum(map(_TRADITIONAL.__contains__, sample))
    simplified = sum(map(_SIMPLIFIED.__contains__, sample))
    if not traditional and not simplified:
        return "zh-CN" if any("\u4e00" <= c <= "\u9fff" for c in sample) else None
    return "zh-TW" if traditional > simplified else "zh-CN"


def load_article(raw: RawArticle, url: str, portal: Portal | None) -> Article:
    """The normalised article of a page's raw fields."""
    site_names = (*portal.site_names, portal.title) if portal else ()
    title = headline(site_names)(raw.title)
    loader = ArticleLoader(item=Article(url=url, title=title))
    blocks, images = _body(raw, title)
    body_text = join_text(blocks)
    byline = raw.byline
    try:
        own = canonical_url(url, portal.url_rules if portal else None)
        loader.add_value("canonical_url", believed(url, raw.claims, raw.og_url, portal) or own)
    except UrlError:  # a saved page given without a usable URL has no canonical one
        loader.add_value("canonical_url", None)
    loader.add_value("portal", portal.name if portal else None)
    loader.add_value("channel", raw.channel)
    loader.add_value("subtitle", raw.subtitle)
    loader.add_value("keywords", raw.keywords)
    loader.add_value("language", language_of(f"{title}\n{body_text}"))
    if raw.published:
        loader.add_value("published_at", raw.published.iso)
        loader.add_value("published_raw", raw.published.raw)
    loader.add_value(
        "source", _source(byline.source, absolute(raw.base)(byline.source_url) if byline.source_url else None)
    )
    loader.add_value("authors", byline.authors)
    loader.add_value("editor", byline.editors)
    loader.add_value("duty_editor", byline.duty_editors)
    loader.add_value("blocks", blocks)
    loader.add_value("images", images)
    loader.add_value("body_text", body_text)
    loader.add_value("template", raw.template)
    loader.add_value("extractor", EXTRACTOR)
    article: Article = loader.load_item()
    return article
