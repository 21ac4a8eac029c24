"""Who asks for the same at the same time gets the same, made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.engine.sharing import Sharing


class Key:
    """The same for everybody; says that it was looked up, which happens under the lock."""

    def __init__(self) -> None:
        self.looked_up = threading.Event()

    def __hash__(self) -> int:
        self.looked_up.set()
        return 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key)


def test_what_many_ask_for_at_once_is_made_once() -> None:
    sharing: Sharing[int] = Sharing()
    made, go, keys = [], threading.Event(), [Key() for _ in range(4)]

    def make() -> int:
        made.append(1)
        assert go.wait(60)
        return 7

    with ThreadPoolExecutor(4) as threads:
        asked = []
        for key in keys:
            asked.append(threads.submit(sharing.get, key, make))
            assert key.looked_up.wait(60)
        go.set()
        assert [each.result(60) for each in asked] == [7] * 4
    assert len(made) == 1
    assert sharing.get(Key(), lambda: 8) == 8, "it was not kept"


def test_it_is_given_to_others_for_a_while() -> None:
    sharing: Sharing[int] = Sharing()
    assert sharing.get("run", lambda: 1, seconds=600) == 1
    assert sharing.get("run", lambda: 2) == 1
    assert sharing.get("other", lambda: 2) == 2


def test_what_goes_wrong_is_not_kept() -> None:
    sharing: Sharing[int] = Sharing()
    with pytest.raises(ZeroDivisionError):
        sharing.get("run", lambda: 1 // 0, seconds=600)
    assert sharing.get("run", lambda: 3) == 3
