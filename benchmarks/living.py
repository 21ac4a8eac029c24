"""The living network: frames a second while it moves, the page's memory, and what recording for the time machine costs.

Frames are counted in a real Chromium while a run trains and the network, the map and the curves move. The heap is that
of the page's JavaScript after a garbage collection. Recording is measured in one process, with the worker's own
`Session`, alternating with and without it; without pictures, which would hide its share. So is keeping a state for the
case that the process dies, over 60,000 epochs: a run of 10,000 is over before the first is due.
"""

from __future__ import annotations

import pickle
import statistics
import time
from typing import TYPE_CHECKING, Any

from benchmarks.latency import _RATES, ARTICLE, _train, browser_page, open_train
from benchmarks.report import table
from benchmarks.work import article, plane
from core.experiment.config import ExperimentConfig

if TYPE_CHECKING:
    from playwright.sync_api import Page

_DEEP = "dataset=circles&layers=8-tanh,8-tanh,8-tanh&batch_size=4&epochs=10000"
_SHOWN = {"article's example": f"{ARTICLE}&epochs=10000", "2-8-8-8-1": _DEEP}
_RECORDED = {"article's example": article, "2-8×6-1": lambda epochs: plane([8] * 6, epochs)}


def run() -> str:
    """Measure everything. Returns Markdown."""
    with browser_page() as (page, url):
        frames = [
            _frames(page, url, name, f"{query}&{speed}") for name, query in _SHOWN.items() for speed in ("", "speed=20")
        ]
        heap = _heap(page, url)
    costs = [_recording(name, make(10_000), keeping=False) for name, make in _RECORDED.items()]
    kept = [_recording(name, make(10_000), keeping=True) for name, make in _RECORDED.items()]
    return "\n\n".join(
        (
            table(("network", "speed", "updates/s", "frames/s", "to reach"), frames),
            table(("epochs that the page has seen", "JavaScript heap"), heap),
            table(("10,000 epochs at full speed", "without recording", "with", "cost", "to reach"), costs),
            table(("60,000 epochs at full speed", "without kept states", "with", "cost", "to reach"), kept),
        )
    )


def _frames(page: Page, url: str, name: str, query: str) -> tuple[str, str, str, str, str]:
    _train(page, url, query, "first-point")
    page.wait_for_timeout(300)
    updates, frames = page.evaluate(_RATES, 3)
    speed = "20 epochs/s" if "speed=20" in query else "full"
    return name, speed, f"{updates:.1f}", f"{frames:.0f}", "≥ 45 frames/s"


def _heap(page: Page, url: str) -> list[tuple[str, str]]:
    """The heap at the beginning of a run and after each of three runs of 10,000 epochs."""
    session = page.context.new_cdp_session(page)
    open_train(page, url, _DEEP)
    rows = []
    for runs in range(4):
        if runs:
            page.click(".st-key-train button")
            page.wait_for_function(
                "run => { const d = document.querySelector('[data-testid=live]').dataset;"
                " return d.run !== run && d.state === 'done' && d.epoch === '10000' }",
                arg=page.get_attribute("[data-testid=live]", "data-run"),
                timeout=180_000,
            )
            page.wait_for_timeout(1500)
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        rows.append((f"{runs * 10_000:,}", f"{used / 1e6:.1f} MB"))
    return rows


def _recording(name: str, config: ExperimentConfig, *, keeping: bool) -> tuple[str, str, str, str, str]:
    """What it costs to record epochs for looking back or, on top of that, to keep states."""
    from core.datasets import load_dataset
    from core.training import ProgramCache

    programs, dataset = ProgramCache(), load_dataset(config.dataset, seed=config.seed)
    _session_seconds(config, dataset, programs, recording=True, epochs=10_000)  # compiles
    times: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(5):
        for does in (False, True):
            if keeping:
                seconds = _session_seconds(config, dataset, programs, keeping=does, epochs=60_000)
            else:
                seconds = _session_seconds(config, dataset, programs, recording=does, epochs=10_000)
            times[does].append(seconds)
    without, with_it = (statistics.median(times[does]) for does in (False, True))
    to_reach = "< 2 %" if keeping else "< 10 %"
    return name, f"{without:.2f} s", f"{with_it:.2f} s", f"{with_it / without - 1:.1%}", to_reach


def _send_nowhere(report: Any) -> None:
    pickle.dumps(report)


def _session_seconds(
    config: ExperimentConfig, dataset: Any, programs: Any, *, epochs: int, recording: bool = True, keeping: bool = True
) -> float:
    """Seconds of a whole run in a session; what it reports is written as if it were sent."""
    from core.evaluation import View
    from core.protocol.messages import Open
    from core.protocol.run_state import RunState
    from core.worker.session import Session

    session = Session(
        Open("run", config, View(), state=RunState.RUNNING, epochs=epochs),
        dataset,
        programs,
        _send_nowhere,
    )
    if not recording:
        session.keeping.record_none()
    if not keeping:
        session.keeping.keep_none()
    while not session.trainer.is_compiling and session.trainer.epoch < 25:
        session.train(0.03)
    while session.trainer.is_compiling:
        time.sleep(0.01)
    started = time.perf_counter()
    while session.wants_to_train:
        session.train(0.03)
    return time.perf_counter() - started
