"""The Runs page: this browser's runs, what they came to, and some of them on one set of curves."""

from __future__ import annotations

from pages.components.frame import page_frame
from pages.components.run_table import run_table

page_frame("runs")
run_table()
