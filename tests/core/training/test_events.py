"""Events are plain values."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest

from core.training import EpochEnd


def test_an_event_is_frozen_compares_by_value_and_travels_between_processes() -> None:
    event = EpochEnd(3, {"loss": 0.5})
    assert event == EpochEnd(3, {"loss": 0.5}) != EpochEnd(4, {"loss": 0.5})
    assert pickle.loads(pickle.dumps(event)) == event
    with pytest.raises(FrozenInstanceError):
        event.epoch = 4  # type: ignore[misc]
