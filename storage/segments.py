"""Segments of the search index as bytes: which documents hold which token. Pure.

A segment has up to SIZE documents, numbered from 0 by growing sort key. A *pair* is a token and such a
number in one integer; all pairs of a segment, sorted, are its content. It is packed into pages of about
2 kB, each with the tokens from its first one on: their count (2 bytes), the lower 32 bits of each (the
upper ones are those of the first), the length of each one's list (2 bytes each, in units of two bytes), and
the lists: the documents' numbers, two bytes each, or one bit for each document of the segment where that is
shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from storage.tokens import Numbers

SIZE = 15_360  # documents; a list of bits is then as long as a page
DOC_BITS = 14
_PAGE = 1_960  # bytes; PostgreSQL moves rows above 2,032 out of the table, two fit a page of SQLite
_DOC = (1 << DOC_BITS) - 1
_LOW = (1 << 32) - 1
_HEADER, _ENTRY = 2, 6  # bytes of a page, and of each token in it

Bits = npt.NDArray[np.bool_]


def pairs(tokens: Numbers, docs: Numbers | int) -> Numbers:
    """The pairs of tokens and the documents, or the one document, that hold them; not sorted."""
    found: Numbers = tokens << DOC_BITS | docs
    return found


def pack(content: Numbers, size: int) -> Iterator[tuple[int, bytes]]:
    """(first token, page) of sorted pairs without repeats, of a segment of `size` documents."""
    if not len(content):
        return
    width = _width(size)
    docs = (content & _DOC).astype("<u2")
    tokens = content >> DOC_BITS
    starts = np.flatnonzero(np.concatenate(([True], tokens[1:] != tokens[:-1])))
    counts = np.diff(np.append(starts, len(content)))
    tokens = tokens[starts]
    dense = counts >= width
    lengths = np.where(dense, width, counts)
    ends = np.cumsum(lengths)
    begins = ends - lengths
    data = np.empty(ends[-1], dtype="<u2")
    is_dense = np.repeat(dense, counts)
    places = np.repeat(begins - starts, counts) + np.arange(len(content))
    data[places[~is_dense]] = docs[~is_dense]
    if dense.any():
        grid = np.zeros((int(dense.sum()), width * 16), dtype=np.bool_)
        grid[np.repeat(np.cumsum(dense) - 1, counts)[is_dense], docs[is_dense]] = True
        bits = np.packbits(grid, axis=1, bitorder="little").view("<u2")
        data[begins[dense][:, None] + np.arange(width)] = bits
    filled = np.cumsum(lengths * 2 + _ENTRY)
    # a page must not span two values of a token's upper bits
    limits = [*(np.flatnonzero(np.diff(tokens >> 32)) + 1).tolist(), len(tokens)]
    at = 0
    for limit in limits:
        while at < limit:
            before = int(filled[at - 1]) if at else 0
            most = int(np.searchsorted(filled, before + _PAGE - _HEADER, side="right"))
            end = min(max(most, at + 1), limit)
            yield (
                int(tokens[at]),
                b"".join(
                    (
                        (end - at).to_bytes(2, "little"),
                        (tokens[at:end] & _LOW).astype("<u4").tobytes(),
                        lengths[at:end].astype("<u2").tobytes(),
                        data[begins[at] : ends[end - 1]].tobytes(),
                    )
                ),
            )
            at = end


def unpack(pages: Sequence[tuple[int, bytes]], size: int) -> Numbers:
    """The pairs of pages, given with the first token of each; not sorted."""
    width = _width(size)
    tokens, lengths, data = zip(*(_parts(first, page) for first, page in pages), strict=True)
    return _pairs(np.concatenate(tokens), np.concatenate(lengths), np.concatenate(data), width)


def _parts(first: int, page: bytes) -> tuple[Numbers, Numbers, npt.NDArray[np.uint16]]:
    """Of a page the tokens, the lengths of their lists, and the lists."""
    count = int.from_bytes(page[:_HEADER], "little")
    lows = np.frombuffer(page, "<u4", count, _HEADER)
    lengths = np.frombuffer(page, "<u2", count, _HEADER + 4 * count)
    data = np.frombuffer(page, "<u2", offset=_HEADER + _ENTRY * count)
    return lows + np.int64(first & ~_LOW), lengths.astype(np.int64), data


def sound(first: int, page: bytes, size: int) -> Numbers | None:
    """The pairs of a page; None when it is not as pack() makes them, which the others here rely on."""
    width = _width(size)
    count = int.from_bytes(page[:_HEADER], "little")
    if not count or len(page) < _HEADER + _ENTRY * count or len(page) % 2:
        return None
    tokens, lengths, data = _parts(first, page)
    if tokens[0] != first or (np.diff(tokens) <= 0).any() or (lengths < 1).any() or (lengths > width).any():
        return None
    if lengths.sum() != len(data):
        return None
    sparse = np.repeat(lengths < width, lengths)
    if (data[sparse] >= size).any():
        return None
    content = _pairs(tokens, lengths, data, width)
    is_sound = (content & _DOC < size).all() and len(np.unique(content)) == len(content)
    return content if is_sound else None


def _pairs(tokens: Numbers, lengths: Numbers, data: npt.NDArray[np.uint16], width: int) -> Numbers:
    dense = lengths == width
    if not dense.any():
        return np.repeat(tokens, lengths) << DOC_BITS | data
    begins = np.cumsum(lengths) - lengths
    sparse = np.repeat(~dense, lengths)
    bits = data[begins[dense][:, None] + np.arange(width)]
    rows, docs = np.nonzero(np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little"))
    listed = np.repeat(tokens, lengths)[sparse] << DOC_BITS | data[sparse]
    return np.concatenate((listed, tokens[dense][rows] << DOC_BITS | docs))


def mark(page: bytes, token: int, size: int, into: Bits) -> None:
    """Set True for the documents that hold the token; `into` has `size` elements."""
    count = int.from_bytes(page[:_HEADER], "little")
    lows = np.frombuffer(page, "<u4", count, _HEADER)
    at = int(np.searchsorted(lows, token & _LOW))
    if at == count or lows[at] != token & _LOW:
        return
    lengths = np.frombuffer(page, "<u2", at + 1, _HEADER + 4 * count)
    begin = _HEADER + _ENTRY * count + 2 * int(lengths[:at].sum(dtype=np.int64))
    length = int(lengths[at])
    if length == _width(size):
        bits = np.frombuffer(page, np.uint8, 2 * length, begin)
        into |= np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)
    else:
        into[np.frombuffer(page, "<u2", length, begin)] = True


def merge(parts: Sequence[Numbers]) -> Numbers:
    """The sorted pairs of several parts."""
    # a stable sort makes use of runs that are sorted already
    return np.sort(np.concatenate(parts), kind="stable")


def renumbered(content: Numbers, numbers: Numbers) -> Numbers:
    """Pairs with `numbers[old]` for each document; those of -1 are left out."""
    docs = numbers[content & _DOC]
    kept = docs >= 0
    moved: Numbers = (content[kept] & ~_DOC) | docs[kept]
    return moved


def _width(size: int) -> int:
    """Units of two bytes that one bit for each document takes."""
    return (size + 15) // 16
