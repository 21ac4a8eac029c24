"""The store of runs."""

from core.store.opening import open_store
from core.store.run_store import KEPT_RUNS, Run, RunStore

__all__ = ["KEPT_RUNS", "Run", "RunStore", "open_store"]
