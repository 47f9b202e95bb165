"""A million articles like those of Chinese news portals, for benchmarks: the same for everyone, from a seed.

No text of anybody: words are drawn by chance, with the lengths, frequencies, phrases, pictures, people and
reprints of real news. `articles` gives them one by one, `made` with the truth about reprints, `probes` words
to search for; `python -m benchmarks.million` writes records for `scrapy import`, and
`python -m benchmarks.million.load` stores them and measures.
"""

from benchmarks.million.generator import Made, articles, made
from benchmarks.million.probes import Probe, probes

__all__ = ["Made", "Probe", "articles", "made", "probes"]
