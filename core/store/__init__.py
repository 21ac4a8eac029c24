"""The store of runs."""

from core.store.opening import open_store
from core.store.run import Run
from core.store.run_list import ListedRun
from core.store.run_store import RunStore
from core.store.statements import KEPT_RUNS

__all__ = ["KEPT_RUNS", "ListedRun", "Run", "RunStore", "open_store"]
