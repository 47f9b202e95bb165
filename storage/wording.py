"""What the two databases say differently, as the views need it."""

from __future__ import annotations


class SqliteWords:
    """Here times are text in UTC, YYYY-MM-DD HH:MM:SS.ffffff."""

    def utc(self, at: str) -> str:
        """A moment as 2019-06-15T00:18:00Z, cut to the second."""
        return f"replace(substr({at}, 1, 19), ' ', 'T') || 'Z'"

    def unix(self, at: str) -> str:
        """Whole seconds since 1970, rounded down."""
        # of a fraction strftime would make the next second
        return f"CAST(strftime('%s', substr({at}, 1, 19)) AS INTEGER)"

    def published(self, table: str) -> str:
        """The page's own time at its own offset, or its date, as the record has it."""
        at, offset = f"{table}.published_at", f"{table}.published_offset"
        local = f"strftime('%Y-%m-%dT%H:%M:%S', substr({at}, 1, 19), {offset} || ' minutes')"
        fraction = f"CASE substr({at}, 20) WHEN '.000000' THEN '' ELSE substr({at}, 20) END"
        sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
        zone = f"printf('%s%02d:%02d', {sign}, abs({offset}) / 60, abs({offset}) % 60)"
        time = f"{local} || {fraction} || {zone}"
        return f"CASE WHEN {day_only(table)} THEN {table}.published_day ELSE {time} END"

    def days(self, later: str, earlier: str) -> str:
        """Days between two dates."""
        return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"

    def hex64(self, number: str) -> str:
        """A signed 64-bit number as 16 hex digits."""
        return f"CASE WHEN {number} IS NOT NULL THEN printf('%016x', {number}) END"


class PostgresWords:
    """Here times are timestamptz; text made of them is ordered by its bytes as all other text is."""

    def utc(self, at: str) -> str:
        return f"""to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') COLLATE "C\""""

    def unix(self, at: str) -> str:
        return f"CAST(floor(extract(epoch FROM {at})) AS bigint)"

    def published(self, table: str) -> str:
        offset = f"{table}.published_offset"
        moved = f"({table}.published_at AT TIME ZONE 'UTC') + make_interval(mins => {offset})"
        local = f"""to_char({moved}, 'YYYY-MM-DD"T"HH24:MI:SS')"""
        fraction = f"CASE to_char({moved}, 'US') WHEN '000000' THEN '' ELSE to_char({moved}, '.US') END"
        sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
        zone = f"to_char(abs({offset}) / 60, 'FM00') || ':' || to_char(abs({offset}) % 60, 'FM00')"
        time = f"{local} || {fraction} || {sign} || {zone}"
        return f'(CASE WHEN {day_only(table)} THEN {table}.published_day ELSE {time} END) COLLATE "C"'

    def days(self, later: str, earlier: str) -> str:
        return f"(CAST({later} AS date) - CAST({earlier} AS date))"

    def hex64(self, number: str) -> str:
        return f"lpad(to_hex({number}), 16, '0') COLLATE \"C\""


Words = SqliteWords | PostgresWords


def day_only(table: str) -> str:
    """True where the page gives no time of day."""
    return f"{table}.published_precision = 'day'"


def times(say: Words, table: str, prefix: str = "") -> str:
    """The columns of a publication time."""
    return (
        f"{say.published(table)} AS {prefix}published, "
        f"{say.utc(f'{table}.published_at')} AS {prefix}published_utc, "
        f"{table}.published_day AS {prefix}published_day"
    )


def minutes(say: Words, later: str, earlier: str) -> str:
    """Whole minutes from one moment to another, rounded down: of a second before it is -1."""
    seconds = f"{say.unix(later)} - {say.unix(earlier)}"
    # both databases divide towards zero, so the number is made positive first
    return f"CAST(({seconds} + 60000000000) / 60 - 1000000000 AS INTEGER)"
