"""What the pool remembers of a worker: which architectures are cheap for it, and what it was asked."""

from __future__ import annotations

from core.engine.worker_record import WorkerRecord


def test_what_is_compiled_costs_nothing_and_what_is_traced_half_of_what_is_new() -> None:
    record = WorkerRecord()
    record.compiled.add("shown")
    record.will_trace("prepared")
    assert (record.cost_of("shown"), record.cost_of("prepared"), record.cost_of("new")) == (0.0, 0.75, 1.5)
    assert (record.has_seen("shown"), record.has_seen("prepared"), record.has_seen("new")) == (True, True, False)


def test_an_architecture_that_was_prepared_and_then_trained_counts_once() -> None:
    record = WorkerRecord()
    record.will_trace("network")
    record.compiled.add("network")
    assert record.architectures == 1
    assert record.cost_of("network") == 0.0


def test_a_worker_is_asked_once_for_all_that_it_was_told() -> None:
    record = WorkerRecord()
    assert record.ask(), "also where it was told nothing"
    assert not record.ask()
    record.told += 1
    assert record.ask()
    assert not record.ask()
    record.ask_again()
    assert record.ask()
