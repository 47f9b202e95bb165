"""Pieces of a body to its blocks: captions to their pictures, headings told from paragraphs, the rest out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extract import captions
from crawler.extract.blocks import Piece
from crawler.extract.byline import BREAK, is_byline, is_reporters_line, signature
from crawler.extract.pictures import is_picture_of_article
from crawler.text import fold, squash

_RELATED = re.compile(
    r"[【\[（(]?(?:相关(?:新闻|阅读|链接|报道|文章|推荐|专题|稿件)|延伸阅读|推荐阅读|拓展阅读|热门(?:推荐|新闻|文章)|更多(?:新闻|阅读|精彩|推荐|内容)|猜你喜欢|"
    r"为您推荐|编辑推荐|往期回顾|相關(?:新聞|閱讀|連結|報導)|延伸閱讀|更多.{0,12}(?:报道|報導|新聞))[】\]）)]?\s*[:：>》]*\s*\Z"
)
_NOTICE = re.compile(
    r"(?:[（(【\[]?(?:原标题|原標題|原题|原題)(?:[:：]|为[:：《]|為[:：《]))|(?:(?:版权|免责|特别|郑重|风险|侵权|本网)+[^，。]{0,12}声明)|声明[:：]|"
    r"(?:凡本(?:网|站|报)(?:注明|刊登|转载)|未经(?:书面)?授权|本文版权|版权所有|转载请注明|著作权归|本网站?(?:转载|版权))|"
    r"(?:Copyright|©)|(?:扫一?扫|扫描|长按)[^。]{0,16}(?:二维码|码|关注)|关注[^。]{0,20}(?:公众号|微信|微博)|"
    r"(?:分享到|分享至|打印本(?:页|文)|关闭窗口|返回顶部|返回首页|我要评论|发表评论|点击(?:进入专题|查看更多|进入|加载更多)|举报|纠错|收藏|自动播放(?:开关)?.{0,20}|精彩视频推荐|正在加载.{0,6}|转播到.{2,8}|图集|推荐|推薦|[+＋]1)\s*[:：]?\Z|"
    r"[（(]?本文来自[^，。]{2,20}，[^。]{0,20}(?:下载|关注)|.{0,10}(?:下载|打开).{0,12}(?:客户端|APP|App)[^，。]{0,24}\Z|"
    r"《[^》]{2,12}》\s?[（(]\s?\d{4}年\s?\d{1,2}月\s?\d{1,2}日[^）)]{0,12}版?\s?[）)]\s*\Z|"
    r"(?:[\s—\-]*[（(]?(?:完|全文完|END|end|THE END|The End)[）)]?[\s—\-]*\Z)"
)
_WORD = re.compile(r"[^\W_]")
# 分享到：微信 微博: a bar of buttons whose names came along
_SHARE = re.compile(r"\A\s*(?:一键)?(?:分享|转发|轉發)(?:到|至|给|[:：])[^，。！？；]{0,40}\Z")
_LEGAL_START = re.compile(r"[^。，]{0,24}(?:版权|免责)[^。，]{0,16}声明\s*[:：]?\s*\Z|凡本(?:网|站)注明")
_PAGER_WORDS = re.compile(
    r"上一[页頁张]|下一[页頁张]|余下全文|阅读全文|查看全文|首页|尾页|末页|全文|[第共页頁]"
)
_PAGER_REST = re.compile(r"[\s\d【】\[\]|｜<>《》«»()（）/\-.…]*\Z")
_PAGER_SIGN = re.compile(r"页|頁|全文|【\d+】|\[\d+\]|\A\d+\s*/\s*\d+\Z")
_ENDS = re.compile(r"[。！？!?；;…”\"』」）)：:，,、][\s]*\Z")


@dataclass(slots=True)
class RawBlock:
    """A block of the body before its fields are normalised."""

    piece: Piece
    heading: bool = False
    caption: str | None = None
    """Of a picture: the line that belongs to it, with the credit still in it."""


@dataclass(slots=True)
class Body:
    blocks: list[RawBlock] = field(default_factory=list)
    byline: str = ""
    """Lines of the body that name source, editors, authors; joined by BREAK."""
    authors: list[str] = field(default_factory=list)
    """Names in brackets at the very end."""


def _without_related(pieces: list[Piece]) -> list[Piece]:
    """Drop lists of links to other articles, with the line that heads them."""
    keep = [True] * len(pieces)

    def is_link(piece: Piece) -> bool:
        return piece.kind == "text" and piece.linked > 0.8 and len(piece.text) > 4

    for index, piece in enumerate(pieces):
        if piece.kind != "text" or not keep[index]:
            continue
        if _RELATED.match(piece.text):
            end = index + 1
            while end < len(pieces) and (
                is_link(pieces[end])
                or pieces[end].tag == "li"
                or (pieces[end].kind == "image" and pieces[end].link)
            ):
                end += 1
            # a heading of that name with paragraphs below it is the author's own
            if end > index + 1 or end == len(pieces):
                keep[index:end] = [False] * (end - index)
        elif is_link(piece):
            end = index
            while end < len(pieces) and is_link(pieces[end]):
                end += 1
            if end - index >= 3 or (end - index >= 2 and end == len(pieces)) or piece.tag == "li":
                keep[index:end] = [False] * (end - index)
    return [piece for piece, kept in zip(pieces, keep, strict=True) if kept]


def _without_legal(pieces: list[Piece]) -> list[Piece]:
    """Cut the legal notice off a body's end."""
    for index, piece in enumerate(pieces):
        if piece.kind == "text" and index >= len(pieces) // 3 and _LEGAL_START.match(piece.text):
            return pieces[:index]
    return pieces


def _is_pager(piece: Piece) -> bool:
    text = piece.text
    return (
        len(text) <= 60
        and bool(_PAGER_SIGN.search(text))
        and bool(_PAGER_REST.match(_PAGER_WORDS.sub("", text)))
    )


def _headings(blocks: list[RawBlock]) -> None:
    """Mark section headings: by tag, by boldness, or as a short line without an end between long paragraphs."""
    texts = [b for b in blocks if b.piece.kind == "text"]
    long = [b for b in texts if len(b.piece.text) > 60]
    ended = len(long) >= 3 and sum(bool(_ENDS.search(b.piece.text)) for b in long) >= 0.8 * len(long)
    for index, block in enumerate(blocks):
        piece = block.piece
        if piece.kind != "text":
            continue
        size = len(piece.text)
        if piece.tag in ("h1", "h2", "h3", "h4", "h5", "h6") and size <= 60:
            block.heading = True
        if block.heading or size > 40 or _ENDS.search(piece.text):
            continue
        follows = next((b.piece for b in blocks[index + 1 : index + 3] if b.piece.kind == "text"), None)
        if follows is None:
            continue
        if piece.bold > 0.9 and follows.bold <= 0.9:
            block.heading = True
        elif ended and size <= 30 and len(follows.text) > 60:
            before = blocks[index - 1].piece if index else None
            block.heading = before is None or before.kind != "text" or len(before.text) > 60


def build(pieces: list[Piece], title: str) -> Body:
    """The article's blocks from the pieces of its body's node."""
    body = Body()
    bylines: list[str] = []
    folded_title = fold(title).replace(" ", "")
    kept: list[Piece] = []
    for piece in _without_legal(_without_related(pieces)):
        if piece.kind == "text":
            if is_byline(piece.text) or is_reporters_line(piece.text):
                bylines.append(piece.text)
                continue
            if not _WORD.search(piece.text):
                continue
            if _NOTICE.match(piece.text) or _SHARE.match(piece.text) or _is_pager(piece):
                continue
            if not kept and folded_title and fold(piece.text).replace(" ", "") == folded_title:
                continue
        elif piece.kind == "image" and not is_picture_of_article(piece):
            continue
        kept.append(piece)
    assigned = captions.assign(kept)
    captioned = set(assigned.values())
    for index, piece in enumerate(kept):
        if index in captioned or not (piece.text or piece.kind != "text"):
            continue
        caption = kept[assigned[index]].text if index in assigned else None
        body.blocks.append(RawBlock(piece, caption=caption))
    last = next((b for b in reversed(body.blocks) if b.piece.kind == "text"), None)
    if last is not None:
        body.authors = signature(last.piece.text)
        if body.authors and re.fullmatch(r"[（(][^（()）]*[)）]", squash(last.piece.text)):
            body.blocks.remove(last)  # a line of its own is a byline; at a paragraph's end it stays text
    _headings(body.blocks)
    body.byline = BREAK.join(bylines)
    return body
