"""Labelled pairs of texts, copies and no copies, and how well Tushuo and public tools tell them apart.

    python -m benchmarks.reprints --help

The texts are edited by benchmarks/reprints/editing, which shares no code with the detector: that one is
measured from outside, by what it writes into a database.
"""
