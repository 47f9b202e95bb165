"""The SQL side of Tushuo: tables, writer, ledger, search and queries. Knows nothing of Scrapy."""
