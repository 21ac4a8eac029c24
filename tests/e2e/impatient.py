"""Visitors who press a button the moment it can be pressed, in a browser that has never been here."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
from collections.abc import Iterator
from typing import Any

#: Under which a first click was lost: an idle machine, modules of ours that are 0.2 to 2 s late, a busy machine.
CONDITIONS = ("idle", "modules delayed", "machine busy")

#: What visitors press, one after the other, each as soon as it is enabled.
PRESSES = {
    "train": ("train",),
    "train twice": ("train", "train"),
    "train, stop": ("train", "stop"),
    "train, reset": ("train", "reset"),
    "step": ("step",),
}

_QUERY = "dataset=moons&layers=6-tanh&epochs=3000&speed=20"

#: Whether the view shows what the page means: the run of its address, or the preview where there is none.
_SHOWS = """
(last) => {
  const live = document.querySelector("[data-testid=live]")?.dataset;
  const run = new URLSearchParams(location.search).get("run");
  const still = document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning";
  if (!live || !still) return false;
  const enabled = (key) => !document.querySelector(`.st-key-${key} button`).disabled;
  const states = { train: ["running", "done"], stop: ["stopped"], step: ["paused"], reset: ["idle"] }[last];
  if (!states.includes(live.state)) return false;
  if (last === "reset") return !run && live.run?.startsWith("preview") && live.epoch === "0" && !enabled("reset");
  return live.run === run && (last === "stop" || Number(live.epoch) > 0) && enabled("reset");
}
"""


@contextlib.contextmanager
def busy(condition: str) -> Iterator[None]:
    """A machine whose every core has something else to do, where the condition says so."""
    count = os.cpu_count() or 1 if condition == "machine busy" else 0
    others = [multiprocessing.get_context("spawn").Process(target=_burn, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.join()


def is_shown(page: Any, url: str, presses: tuple[str, ...], condition: str, seed: int, seconds: float = 60) -> bool:
    """Visit with a new page, press without waiting, and say whether the view comes to show what the page means."""
    from playwright.sync_api import TimeoutError as TooLate

    if condition == "modules delayed":
        late = random.Random(seed)

        def deliver(route: Any) -> None:
            page.wait_for_timeout(late.uniform(200, 2000))
            route.continue_()

        page.route("**/descent/static/**/*.js", deliver)
    page.goto(f"{url}/?{_QUERY}&seed={seed}")
    for key in presses:
        page.wait_for_selector(f".st-key-{key} button:not([disabled])", timeout=seconds * 1000)
        page.click(f".st-key-{key} button")
    try:
        page.wait_for_function(_SHOWS, arg=presses[-1], timeout=seconds * 1000)
    except TooLate:
        return False
    return True


def _burn() -> None:
    while True:
        pass
