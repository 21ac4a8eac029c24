"""The tables that can be measured."""

from __future__ import annotations

import importlib

#: Tables by name, with their heading. Each module's `run()` returns Markdown.
TABLES = {
    "loop": "The loop: epochs a second",
    "callbacks": "Callbacks between batches: milliseconds an epoch",
    "maps": "The map: epochs a second, each drawn",
    "first_seconds": "The first seconds: alive before Keras is",
    "latency": "Latency: from a click to what it does",
    "clicks": "First clicks: seen, whoever presses how soon",
    "classroom": "Stream and class: many who watch, many who train",
    "living": "The living network: frames, memory, recording",
    "pages": "Pages and languages: from one to the next",
    "kills": "Kills: nothing is lost",
    "tasks": "Tasks: what others notice of long work",
    "quality_lab": "The data-quality lab: what held-out rows promise, and what external rows deliver",
    "evaluate": "Evaluation: how soon, how dear, how often intervals hold the truth",
    "explanations": "Explanations of a network, and the estimator",
    "people": "Single people: who would be answered otherwise, ten seeds, and what a question costs",
    "truth": "Explanations checked against the truth",
    "data": "Tables: bad files, and a million rows",
    "large_table": "A table of a million rows: read, trained on, and what others notice",
    "balancing": "Rare classes: what balancing does",
    "growth": "Growth: more rows, units, layers, epochs",
}


def measure(name: str) -> str:
    """One table with its heading and explanation."""
    module = importlib.import_module(f"benchmarks.{name}")
    return f"## {TABLES[name]}\n\n{(module.__doc__ or '').strip()}\n\n{module.run()}\n"
