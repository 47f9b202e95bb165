"""SIGINT that waits until a record is written whole."""

from __future__ import annotations

import signal

import pytest

from crawler.interrupts import Interrupts


def come(times: int = 1) -> None:
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_waits_while_it_is_held_and_comes_then() -> None:
    with Interrupts() as interrupts:
        interrupts.held = True
        come()
        with pytest.raises(KeyboardInterrupt):
            interrupts.release()
        interrupts.release()  # no second time

    assert not interrupts.forced


def test_a_block_is_held_to_its_end() -> None:
    done = []

    def hold() -> None:
        with interrupts.holding():
            come()
            done.append("whole")

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        hold()

    assert done == ["whole"]


def test_an_interrupt_that_finds_nothing_held_comes_at_once() -> None:
    with Interrupts() as interrupts:
        interrupts.held = True
        interrupts.release()
        with pytest.raises(KeyboardInterrupt):
            come()

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_interrupt_does_not_wait() -> None:
    with Interrupts() as interrupts:
        interrupts.held = True
        with pytest.raises(KeyboardInterrupt):
            come(2)

    assert interrupts.forced


def test_who_ignores_interrupts_goes_on_ignoring_them() -> None:
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, usual)
