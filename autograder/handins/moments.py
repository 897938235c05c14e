"""A moment in time, as a line of text says it: read only if it can be read in one way.

`05/01/2026` is the first of May or the fifth of January, and `CST` is Chicago's time or Shanghai's:
where readings differ, none is chosen. What names no zone is UTC, as it is for nbgrader.
"""

from __future__ import annotations

import itertools
import re
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from babel.dates import get_day_names, get_month_names

LANGUAGES = (
    *("bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu"),
    *("it", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "uk"),
)
WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
CONTEXTS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
# What stands between the parts of a date, in those languages.
FILLERS = frozenset(
    [
        *("a", "à", "alle", "as", "às", "at", "de", "del", "den", "der", "die", "el", "er", "h"),
        *("het", "kl", "klo", "la", "las", "le", "les", "nd", "o", "of", "om", "on", "ore", "rd"),
        *("st", "th", "the", "uhr", "um", "v", "в", "г", "года"),
    ]
)
# Seconds, and what other clocks count in: a number of so many digits is within 2001 to 2033.
EPOCHS = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
EPOCH = re.compile(r"(1\d{9})(\.\d+)?|1\d{12}|1\d{15}|1\d{18}")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[t ]?(\d\d)(\d\d)(\d\d)?(?=z|[ +-]|$)")
YEAR_FIRST = re.compile(r"(?<![\d.:/-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
YEAR_LAST = re.compile(r"(?<![\d.:/-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?![\d/-])")
TIME = re.compile(
    r"(?<![\d:.+-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?![\d:])\s*([ap])?(?(5)\.?\s?m\b\.?)"
    r"|(?<![\d:.])(\d{1,2})\s*([ap])\.?\s?m\b\.?"
)
OFFSET = re.compile(r"(?:\b(?:utc|gmt)\s*|(?<!\w))([+-])(\d{1,2})(?::?([0-5]\d))?(?![\d:])")
ZONE = re.compile(r"(?<![\w/])[a-z_]+(?:/[a-z_][\w+-]*)+")
WORD = re.compile(r"[^\W\d_]+")


class Unclear(ValueError):
    """A text from which no moment, or more than one, can be read; the message says why."""


def read_moment(line: str) -> datetime:
    """The moment that a line names, in UTC and without a zone, as nbgrader keeps it.

    Raises:
        Unclear: it names none, or leaves open which.
    """
    text = " ".join(line.casefold().split()).strip(" \"'`.,;")
    if EPOCH.fullmatch(text):
        digits = text.partition(".")[0]
        return _utc(datetime.fromtimestamp(float(text) / EPOCHS[len(digits)], UTC))
    found = set(_readings(text))
    if not found:
        raise Unclear("there is no such date and time")
    if len(found) > 1:
        days = {moment.date() for moment in found}
        raise Unclear("more than one " + ("date" if len(days) > 1 else "time zone") + " fits")
    return found.pop()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _readings(text: str) -> Iterator[datetime]:
    """Every moment that a text can mean."""
    text = _spelled_out(text)
    time, text = _time(text)
    dates, text = _numeric_dates(text)
    offset, text = _offset(text)
    zones, text = ZONE.findall(text), ZONE.sub(" ", text)
    words = [word for word in WORD.findall(text) if word not in FILLERS]
    numbers = re.findall(r"\d+", text)
    for months, days, named in _roles(words):
        places = [*zones, *named]
        if len(months) > 1:
            continue
        for year, month, day in _dates(dates, months, numbers):
            try:
                local = datetime(year, month, day) + time
            except ValueError:
                continue
            if days and local.weekday() not in set.intersection(*days):
                continue
            yield from _moments(local, offset, places)


def _spelled_out(text: str) -> str:
    """The text with what stands for a colon, a space or a zone written as such."""
    text = re.sub(r"([+-]\d\d:?\d\d) ?\([^()]*\)", r"\1", text)  # RFC 5322's comment
    text = re.sub(r"\b(kl|klo)\.? ?(\d{1,2})\.(\d\d)\b", r"\2:\3", text)
    text = re.sub(r"\b(\d{1,2}) ?h ?(\d\d)\b", r"\1:\2", text)
    compact = COMPACT.match(text)
    if compact:
        year, month, day, *clock = (part or "00" for part in compact.groups())
        text = f"{year}-{month}-{day} {':'.join(clock)}{text[compact.end() :]}"
    text = re.sub(r"(?<=\d)t(?=\d)", " ", text)
    return re.sub(r"(?<=\d) ?z$", " utc", text)


def _time(text: str) -> tuple[timedelta, str]:
    """The time of day, and the text without it."""
    matches = list(TIME.finditer(text))
    if len(matches) != 1:
        raise Unclear("it names no time of day" if not matches else "it names several times of day")
    match = matches[0]
    hour, minute, second, fraction, half, bare_hour, bare_half = match.groups()
    half, hours = half or bare_half, int(hour or bare_hour)
    if half:
        if not 1 <= hours <= 12:
            raise Unclear("no such time of day")
        hours = hours % 12 + (12 if half == "p" else 0)
    minutes, seconds = int(minute or 0), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise Unclear("no such time of day")
    microseconds = int(f"{fraction or 0:0<6}"[:6])
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return timedelta(0, seconds, microseconds, 0, minutes, hours), rest


def _numeric_dates(text: str) -> tuple[list[tuple[int, int, int]], str]:
    """The dates that numbers alone may mean, and the text without them."""
    first, last = YEAR_FIRST.search(text), YEAR_LAST.search(text)
    if first:
        year, month, day = (int(first[n]) for n in (1, 3, 4))
        return [(year, month, day)], YEAR_FIRST.sub(" ", text, count=1)
    if last:
        one, other, year = (int(last[n]) for n in (1, 3, 4))
        return [(year, one, other), (year, other, one)], YEAR_LAST.sub(" ", text, count=1)
    return [], text


def _dates(
    numeric: list[tuple[int, int, int]], months: list[set[int]], numbers: list[str]
) -> Iterator[tuple[int, int, int]]:
    """Year, month and day: of a date in numbers, or of a month's name, a day and a year."""
    if numeric and not months and not numbers:
        yield from numeric
    elif months and not numeric and len(numbers) == 2:
        years = [int(number) for number in numbers if len(number) == 4]
        days = [int(number) for number in numbers if len(number) < 3]
        yield from itertools.product(years, months[0], days)
    elif not numeric and not any(len(number) == 4 for number in numbers):
        raise Unclear("it names no year of four digits")


def _offset(text: str) -> tuple[timedelta | None, str]:
    matches = list(OFFSET.finditer(text))
    if len(matches) != 1:
        return None, text  # a second one is left where it stands, and fits nowhere
    match = matches[0]
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return (-size if match[1] == "-" else size), rest


def _roles(words: list[str]) -> Iterator[tuple[list[set[int]], list[set[int]], list[str]]]:
    """Each way to take words as months, weekdays and zones."""
    months, days = _names()
    choices: list[list[tuple[int, str]]] = []
    for word in words:
        known = (word in months, word in days, word in _zone_words())
        roles = [(role, word) for role in range(3) if known[role]]
        if not roles:
            raise Unclear(f"{word!r} is not understood")
        choices.append(roles)
    for taken in itertools.product(*choices):
        by_role = [[word for role, word in taken if role == wanted] for wanted in range(3)]
        yield [months[word] for word in by_role[0]], [days[word] for word in by_role[1]], by_role[2]


def _moments(local: datetime, offset: timedelta | None, places: list[str]) -> Iterator[datetime]:
    """What a local time is in UTC: by its offset and by the places that are named, which have to
    agree; as it stands where there is none of them."""
    named = [set(_offsets(local, place)) for place in places]
    if offset is not None or not places:
        named.append({offset or timedelta(0)})
    for shift in set.intersection(*named):
        try:
            yield local - shift
        except OverflowError:
            continue


def _offsets(local: datetime, place: str) -> Iterator[timedelta]:
    """The offsets that a name may have: a zone's, or that of whoever's clock shows such letters."""
    names = _zones()
    for folded, name in names.items():
        for fold in (0, 1):
            moment = local.replace(tzinfo=zoneinfo.ZoneInfo(name), fold=fold)
            shown = (moment.tzname() or "").casefold()
            shift = moment.utcoffset()
            if shift is not None and place in (folded, shown):
                yield shift


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Every zone, by its name in small letters."""
    return {name.casefold(): name for name in sorted(zoneinfo.available_timezones())}


@lru_cache(maxsize=1)
def _zone_words() -> frozenset[str]:
    """The words that name a zone, or that clocks show beside the time."""
    shown = {
        (datetime(2026, month, 14, tzinfo=zoneinfo.ZoneInfo(name)).tzname() or "").casefold()
        for name in _zones().values()
        for month in (1, 7)
    }
    return frozenset({*_zones(), *shown, "z"})


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """The months and the weekdays that a word can mean, by the calendars of `LANGUAGES`."""
    months: dict[str, set[int]] = {}
    days: dict[str, set[int]] = {}
    for language, width, context in itertools.product(LANGUAGES, WIDTHS, CONTEXTS):
        for number, name in get_day_names(width, context, language).items():
            days.setdefault(_word(name), set()).add(number)
        for number, name in get_month_names(width, context, language).items():
            months.setdefault(_word(name), set()).add(number)
    return months, days


def _word(name: str) -> str:
    return name.casefold().rstrip(".")
