"""Feeds (-O out.jsonl): the rows that `scrapy export` gives of the articles of this run."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from scrapy.exporters import BaseItemExporter

from crawler.items import Article, to_record
from crawler.store import Store
from storage.queries import articles_by_keys

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class RecordExporter(BaseItemExporter):
    """Writes JSON Lines when the run ends.

    Only then is it known which of its articles are reprints of each other, so that a row equals the one
    that `scrapy export` gives. Until then an article costs its key.
    """

    def __init__(self, file: IO[bytes], crawler: Crawler, **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self.file = file
        self.store = Store.of(crawler)
        self.keys: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: IO[bytes], **kwargs: Any) -> RecordExporter:
        return cls(file, crawler, **kwargs)

    def export_item(self, item: Any) -> None:
        if isinstance(item, Article) and item.fingerprint is not None:
            self.keys.append(item.fingerprint.url_key)

    def finish_exporting(self) -> None:
        database = self.store.database
        if database is None or not self.keys:
            return
        with database.reading() as conn:
            for article in articles_by_keys(conn, self.keys):
                line = json.dumps(to_record(article), ensure_ascii=False)
                self.file.write(line.encode() + b"\n")
