"""Bytes of a page to raw fields: pure functions without network, Scrapy or SQL."""

EXTRACTOR = "2"
"""Version of the extraction rules: raise it when a change can make another record of the same page."""
