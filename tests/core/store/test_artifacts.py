"""What was made of a run's epochs: kept with the run, and of large ones only the newest."""

from __future__ import annotations

from pathlib import Path

from core.store import RunStore


def test_the_oldest_of_a_family_go_where_they_take_too_much_room(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    one, other = (
        store.create(owner="me", config="{}", epochs=9, log_names=("loss",), speed=None, view="{}").id for _ in range(2)
    )
    store.keep_artifact(one, "task:abc", 1, b"x" * 500)
    store.keep_artifact(other, "figures:test", 1, b"x" * 500)
    for epoch in range(1, 6):
        store.keep_artifact(one, "figures:test", epoch, b"x" * 100, family="figures:", most=250)
    kept = [epoch for epoch in range(1, 6) if store.artifact(one, "figures:test", epoch) is not None]
    assert kept == [4, 5]
    assert store.artifact(one, "task:abc", 1) is not None
    assert store.artifact(other, "figures:test", 1) is not None
    store.keep_artifact(one, "figures:train", 5, b"x" * 900, family="figures:", most=250)
    assert store.artifact(one, "figures:train", 5) is not None, "the last is kept, however large it is"
    assert store.artifact(one, "figures:test", 5) is None
    store.keep_artifact(one, "figures:test", 5, b"x" * 100, family="figures:", most=250)
    assert store.artifact(one, "figures:test", 5) is not None
    assert store.artifact(one, "figures:train", 5) is None
    store.close()
