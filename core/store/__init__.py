"""The store of runs."""

from core.store.run_store import CUT_OFF, KEPT_RUNS, Run, RunStore

__all__ = ["CUT_OFF", "KEPT_RUNS", "Run", "RunStore"]
