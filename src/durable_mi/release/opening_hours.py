"""When the live version of a stage runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["OpeningHours"]

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FORM: Final = re.compile(
    rf"(?P<first>{'|'.join(_DAYS)})-(?P<last>{'|'.join(_DAYS)}) "
    r"(?P<opens>[0-2]\d:[0-5]\d)-(?P<closes>[0-2]\d:[0-5]\d) (?P<zone>[A-Za-z0-9_+/-]+)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningHours:
    """Days of the week and hours of a day, in a time zone.

    Attributes:
        first_day: The first open day, 0 for Monday.
        last_day: The last open day; before the first one if the days go over the end of the week.
        opens: When it opens on each of these days.
        closes: When it closes, later on the same day. Midnight is the end of the day.
        zone: Name of the time zone, such as ``Europe/Berlin``.
    """

    first_day: int
    last_day: int
    opens: time
    closes: time
    zone: str

    @classmethod
    def parse(cls, text: str) -> OpeningHours:
        """Read ``Mo-Fr 07:00-19:00 Europe/Berlin``.

        Raises:
            ValueError: It is not of that form, closes before it opens, or names no time zone.
        """
        problem = f"opening hours must be like 'Mo-Fr 07:00-19:00 Europe/Berlin', got {text!r}"
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(problem)
        try:
            hours = cls(
                first_day=_DAYS.index(match["first"]),
                last_day=_DAYS.index(match["last"]),
                opens=time.fromisoformat(match["opens"]),
                closes=time.fromisoformat("00:00" if match["closes"] == "24:00" else match["closes"]),
                zone=match["zone"],
            )
            ZoneInfo(hours.zone)
        except (ValueError, OSError, KeyError) as error:
            msg = f"{problem}: {str(error)[:1].lower()}{str(error)[1:]}"
            raise ValueError(msg) from None
        if hours.closes != time(0) and hours.closes <= hours.opens:
            msg = f"{problem}: it must close later than it opens, on the same day"
            raise ValueError(msg)
        return hours

    def __str__(self) -> str:
        """Return the form that :meth:`parse` reads."""
        closes = "24:00" if self.closes == time(0) else f"{self.closes:%H:%M}"
        return f"{_DAYS[self.first_day]}-{_DAYS[self.last_day]} {self.opens:%H:%M}-{closes} {self.zone}"

    def is_open(self, now: datetime) -> bool:
        """Return whether it is open at a moment, which has a time zone."""
        local = now.astimezone(ZoneInfo(self.zone))
        first, last, day = self.first_day, self.last_day, local.weekday()
        in_days = first <= day <= last if first <= last else day >= first or day <= last
        hour = local.time()
        return in_days and self.opens <= hour and (self.closes == time(0) or hour < self.closes)
