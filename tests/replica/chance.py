"""Chance without state: every draw follows from the seed and a key, so that any page can be made alone."""

from __future__ import annotations

import re
from hashlib import blake2b
from random import Random

_MASK = (1 << 64) - 1
_UUID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})")


def mix(seed: int, number: int, salt: int) -> int:
    """64 well-mixed bits (splitmix64): cheap enough to be asked for every article of the portal."""
    z = (seed * 0x9E3779B97F4A7C15 + number * 0xD1342543DE82EF95 + salt * 0xBF58476D1CE4E5B9 + 1) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def share(seed: int, number: int, salt: int) -> float:
    """A number in [0, 1)."""
    return mix(seed, number, salt) / 18446744073709551616.0


def dice(*key: int | str) -> Random:
    """A random stream of its own for a key."""
    return Random(int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest(), "big"))


def seal(seed: int, kind: int, number: int) -> str:
    """A uuid that hides `number` (below 2**32), so that a URL says which page it is without a table."""
    high = mix(seed, number, 1000 + kind)
    low = mix(seed, high & 0xFFFFFFFF, 2000 + kind) & 0xFFFFFFFF
    text = f"{high:016x}{number ^ low:08x}{low ^ 0xA5A5A5A5:08x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def unseal(seed: int, kind: int, uuid: str) -> int | None:
    """The number inside a uuid made by `seal` with the same seed and kind; None for any other uuid."""
    match = _UUID.fullmatch(uuid)
    if not match:
        return None
    text = "".join(match.groups())
    number = int(text[16:24], 16) ^ int(text[24:], 16) ^ 0xA5A5A5A5
    return number if seal(seed, kind, number) == uuid else None
