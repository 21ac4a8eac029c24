"""The logs of a run in memory: every epoch at its place, however many come at once."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.epoch_record import EpochRecord


def numbered(first: int, last: int) -> np.ndarray:
    """Logs whose loss is the epoch's number."""
    return np.arange(first, last + 1, dtype=np.float32).reshape(-1, 1)


@pytest.mark.parametrize("at_once", [1, 3, 255, 256, 257, 2000])
def test_every_epoch_is_at_its_place(at_once: int) -> None:
    record, last = EpochRecord(), 0
    while last < 2000:
        last = record.append(last + 1, numbered(last + 1, last + at_once))
    assert record.between(0, last)[:, 0].tolist() == list(range(1, last + 1))
    assert record.between(9, 12)[:, 0].tolist() == [10, 11, 12]


def test_of_no_epoch_there_are_no_logs() -> None:
    assert EpochRecord().between(0, 0).shape[0] == 0


def test_what_is_read_is_the_record_itself() -> None:
    record = EpochRecord()
    record.append(1, numbered(1, 3))
    assert np.shares_memory(record.between(0, 3), record.between(1, 2))
