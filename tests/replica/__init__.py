"""A replica of CRI's portal with text of our own, for the demo, the tests and the benchmarks."""

from tests.replica.replica import Answer, Change, Replica

__all__ = ["Answer", "Change", "Replica"]
