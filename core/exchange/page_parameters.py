"""What addresses say besides the experiment: the run, the language, and what a page shows of the run.

Registered here once. Reading a link as an experiment asks this, and so do the pages.
"""

from __future__ import annotations

#: On every page: which run, which language, and Streamlit's own.
ON_EVERY_PAGE = frozenset({"run", "lang", "embed", "embed_options"})

#: Which test row is looked at, from 0 as in `predictions.csv`: the same row on every page that knows rows.
SAMPLE = "sample"

#: What each page, by its name in the bar, says of itself.
OF_PAGES: dict[str, tuple[str, ...]] = {
    "evaluate": ("threshold", "prevalence", "cost_missed", "cost_alarm", "positive", "rows", SAMPLE),
    "explain": ("method", "feature", SAMPLE),
    "predict": (SAMPLE,),
}

#: All of them: they are no parameters of an experiment.
NOT_OF_EXPERIMENTS = ON_EVERY_PAGE | {name for names in OF_PAGES.values() for name in names}
