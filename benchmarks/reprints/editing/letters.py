"""Single characters substituted, inserted and deleted anywhere in a text, digits like all others."""

from __future__ import annotations

from random import Random

from benchmarks.reprints.text import Text


def edit_letters(text: Text, share: float, rng: Random) -> Text:
    """The text with `share` of its characters edited at places spread over it; line breaks stay.

    A third each are substituted, have one inserted before them, and are deleted. What comes in is drawn from
    the text itself.
    """
    body = list(text.body)
    places = [index for index, letter in enumerate(body) if letter != "\n"]
    pool = [body[index] for index in places]
    for number, index in enumerate(rng.sample(places, round(share * len(places)))):
        if number % 3 == 0:
            body[index] = _other(body[index], pool, rng)
        elif number % 3 == 1:
            body[index] = rng.choice(pool) + body[index]
        else:
            body[index] = ""
    return text.with_paragraphs("".join(body).split("\n"))


def _other(letter: str, pool: list[str], rng: Random) -> str:
    for _ in range(20):
        drawn = rng.choice(pool)
        if drawn != letter:
            return drawn
    return "某"  # a text of one character over and over
