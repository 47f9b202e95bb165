"""Tushuo beside public extractors on the real pages of ../shared/corpus: python -m benchmarks.extraction"""
