"""Records as Parquet: typed columns, nested where the record is, in row groups of bounded size.

The columns are the record's own. Beside `published_at`, which is text because its offset and its precision
say something, stand `published_utc` (a timestamp) and `published_day` (a date). Needs pyarrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 2_000  # records in one row group, and in memory at once
_CHINA = timezone(timedelta(hours=8))
_NUMBERS = frozenset({"story", "article", "number", "position", "pages", "width", "height"})


class NoPyArrow(Exception):
    """pyarrow is not installed; the message says how to install it."""


def check_installed() -> None:
    """Raise NoPyArrow before anything is written."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise NoPyArrow(
            "Parquet needs pyarrow, which is not installed; install it with: pip install 'tushuo[parquet]'"
        ) from error


def write_parquet(file: IO[bytes], records: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """All records in row groups of GROUP, compressed with zstd."""
    check_installed()
    import pyarrow as pa
    from pyarrow import parquet

    schema = schema_of(tuple(columns))
    rest = iter(records)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(islice(rest, GROUP)):
            rows = [record | _times(record.get("published_at")) for record in some]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


@cache
def schema_of(columns: tuple[str, ...]) -> pa.Schema:
    """The types of a record's columns, or of a picture's."""
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    block = [("type", text), ("text", text), ("image", pa.int32()), ("rows", pa.list_(texts))]
    block += [("url", text), ("poster", text)]
    image = [("url", text), ("position", pa.int64())]
    image += [(name, text) for name in ("alt", "caption", "credit", "credit_raw")]
    image += [("width", pa.int64()), ("height", pa.int64())]
    image += [(name, text) for name in ("sha256", "dhash", "phash")]
    types = {
        "channel": texts,
        "keywords": texts,
        "authors": texts,
        "blocks": pa.list_(pa.struct(block)),
        "images": pa.list_(pa.struct(image)),
    }
    types |= dict.fromkeys(_NUMBERS, pa.int64())
    if "images" in columns:  # a picture's record has its source by name alone
        types["source"] = pa.struct([("name", text), ("url", text)])
    fields = [(name, types.get(name, text)) for name in columns]
    fields += [("published_utc", pa.timestamp("us", "UTC")), ("published_day", pa.date32())]
    return pa.schema(fields)


def _times(published_at: str | None) -> dict[str, Any]:
    """The two columns that follow from `published_at`; of a date alone its midnight at +08:00.

    >>> _times("2019-06-15")["published_day"]
    datetime.date(2019, 6, 15)
    """
    if published_at is None:
        return {"published_utc": None, "published_day": None}
    moment = datetime.fromisoformat(published_at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_CHINA)
    return {"published_utc": moment.astimezone(UTC), "published_day": date.fromisoformat(published_at[:10])}
