"""When articles are published: a million in ten years, fewer at weekends, hardly any at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from benchmarks.million.sampling import Numbers, Sampler

FIRST = datetime(2015, 1, 1)
_DAYS = 36_500  # enough for ten million
_A_DAY = 274  # a million in ten years
_WEEK = np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7])  # Monday first
_weights = _WEEK[(np.arange(_DAYS) + FIRST.weekday()) % 7]
_FIRST_NUMBERS = np.concatenate([[0], np.cumsum(_weights * _A_DAY)])
_HOUR_OF = Sampler(
    [2, 1, 1, 1, 1, 2, 5, 12, 22, 28, 30, 24, 16, 18, 24, 27, 28, 24, 18, 15, 12, 9, 7, 4]
)  # from midnight on
_PRECISION_OF = Sampler([0.05, 0.55, 0.40])  # day, minute, second
DAY, MINUTE, SECOND = range(3)


@dataclass(slots=True)
class Moment:
    """A time at +08:00, and how much of it the page shows."""

    at: datetime
    precision: int
    western: bool
    """Shown as 2019-06-15 08:18 rather than 2019年06月15日 08:18."""

    @property
    def iso(self) -> str:
        return self.at.date().isoformat() if self.precision == DAY else f"{self.at.isoformat()}+08:00"

    @property
    def raw(self) -> str:
        at = self.at
        day = (
            f"{at.year}-{at.month:02}-{at.day:02}"
            if self.western
            else f"{at.year}年{at.month:02}月{at.day:02}日"
        )
        if self.precision == DAY:
            return day
        return f"{day} {at.hour:02}:{at.minute:02}" + (f":{at.second:02}" if self.precision == SECOND else "")

    def after(self, other: datetime, minutes: int) -> None:
        """Move to so many minutes after `other`, unless it is later already."""
        if self.at <= other:
            self.at = other + timedelta(minutes=minutes)
            if self.precision != SECOND:
                self.at = self.at.replace(second=0)


def moments(rng: np.random.Generator, numbers: Numbers) -> list[Moment]:
    """When the articles of these numbers are published; those of one day in no order."""
    size = len(numbers)
    days = np.searchsorted(_FIRST_NUMBERS, numbers, side="right") - 1
    seconds = days * 86_400 + _HOUR_OF.draw(rng, size) * 3_600 + rng.integers(0, 3_600, size)
    precisions = _PRECISION_OF.draw(rng, size)
    seconds[precisions == MINUTE] //= 60
    seconds[precisions == MINUTE] *= 60
    western = rng.random(size) < 0.6
    return [
        Moment(FIRST + timedelta(seconds=second), precision, shown)
        for second, precision, shown in zip(
            seconds.tolist(), precisions.tolist(), western.tolist(), strict=True
        )
    ]
