"""Tushuo 图说: crawls Chinese news portals and keeps every article and captioned picture once."""

__version__ = "0.1.0"
