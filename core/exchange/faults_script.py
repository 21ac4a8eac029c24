"""Rows that are broken on purpose, in an exported script: the same faults, in NumPy, with the same seeds.

What is written here does to `points` (rows, columns), `target` and `origin` what `core.faults` does to rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.exchange.script_lines import Say
from core.experiment.columns import ColumnConfig, labels
from core.experiment.dataset import DatasetConfig
from core.experiment.fault_kinds import (
    AnyFault,
    Copies,
    Imbalance,
    Leak,
    MissedCases,
    MissingAtRandom,
    MissingByTarget,
    OtherDevice,
    WrongLabels,
)
from core.experiment.faults import FaultsConfig
from core.faults.registry import FAULTS
from core.words import Said

_TAKEN = "points, target, origin = points[rows], target[rows], origin[rows]"


def broken_data(faults: FaultsConfig, columns: Sequence[ColumnConfig], event: int, split_by: str, say: Say) -> str:
    """From whole `points` and `target` to broken ones, and the groups or times of these.

    Args:
        columns: what the columns are before anything is broken.
        event: the class that the faults are about.
    """
    on_purpose = Said("From here on rows are broken on purpose, each fault with a seed of its own.")
    parts = [
        f"""# {say(on_purpose)}
EVENT = {event}
points, origin = points.copy(), np.arange(len(target))


def part(rows, share):
    return int(np.floor(len(rows) * share + 0.5))


def some(rng, rows, count):
    return np.sort(rng.choice(rows, size=count, replace=False))"""
    ]
    if isinstance(faults.shift, OtherDevice) and faults.shift.column is None:
        parts.append(_telling(columns, say))
    for fault in faults.parts:
        body = _written(fault, faults, columns)
        if body:
            title = say(Said.marked(FAULTS[fault.kind].title))
            rng = f"rng = np.random.default_rng([{fault.seed}, {list(FAULTS).index(fault.kind)}, 0])"
            parts.append(f"# {title}\n{rng}\n{body}")
    if split_by == "group":
        parts.append("groups = groups[origin]")
    elif split_by == "time":
        parts.append("time = time[origin]")
    return "\n\n\n".join(parts[:-1]) + "\n\n\n" + parts[-1] if len(parts) > 1 else parts[0]


def breaks(dataset: DatasetConfig) -> FaultsConfig | None:
    """The faults of a data set's own rows, None where there are none."""
    faults = dataset.faults
    return faults if faults is not None and faults.breaks_source else None


def _written(fault: AnyFault, faults: FaultsConfig, columns: Sequence[ColumnConfig]) -> str:
    """One fault; nothing for those that only touch external rows."""
    names = labels(columns)
    if isinstance(fault, MissingAtRandom | MissingByTarget):
        among = "np.arange(len(target))" if isinstance(fault, MissingAtRandom) else "np.flatnonzero(target != EVENT)"
        places = [names.index(name) for name in faults.columns_with_missing(names)]
        return f"""among = {among}
for column in {places}:
    points[some(rng, among, part(among, {fault.share!r})), column] = np.nan"""
    if isinstance(fault, WrongLabels | MissedCases):
        relabelled = "range(classes)" if isinstance(fault, WrongLabels) else "[EVENT]"
        return f"""classes, wrong = target.max() + 1, target.copy()
for label in {relabelled}:
    of_class = np.flatnonzero(target == label)
    chosen = some(rng, of_class, part(of_class, {fault.share!r}))
    others = np.delete(np.arange(classes), label)
    counts = [len(chosen) // len(others) + (place < len(chosen) % len(others)) for place in range(len(others))]
    wrong[chosen] = rng.permutation(np.repeat(others, counts))
target = wrong"""
    if isinstance(fault, Imbalance):
        return f"""cases, others = np.flatnonzero(target == EVENT), np.flatnonzero(target != EVENT)
count = min(len(cases), max(2, part(others, {fault.prevalence!r} / (1.0 - {fault.prevalence!r}))))
rows = np.sort(np.concatenate([others, some(rng, cases, count)]))
{_TAKEN}"""
    if isinstance(fault, Leak):
        return f"""given_away = (target == EVENT) + rng.normal(0.0, {fault.spread!r}, len(target))
points = np.column_stack([points, given_away])"""
    if isinstance(fault, Copies):
        return f"""chosen = []
for label in np.unique(target):
    of_class = np.flatnonzero(target == label)
    chosen.append(some(rng, of_class, part(of_class, {fault.share!r})))
rows = np.concatenate([np.arange(len(target)), np.tile(np.sort(np.concatenate(chosen)), {fault.times - 1})])
{_TAKEN}"""
    if isinstance(fault, OtherDevice):
        column = "telling_column()" if fault.column is None else str(names.index(fault.column))
        return f"""column, cases = {column}, np.flatnonzero(target == EVENT)
measured = some(rng, cases, part(cases, {fault.share!r}))
points[measured, column] += {fault.offset!r} * np.nanstd(points[:, column])"""
    return ""


def _telling(columns: Sequence[ColumnConfig], say: Say) -> str:
    """Finds the column of numbers that tells the event best."""
    numbers = [place for place, column in enumerate(columns) if column.kind in {"number", "date"}]
    best = Said("The column of numbers that tells the event best, by the area under its ROC curve.")
    return f"""# {say(best)}
def telling_column():
    separations = {{}}
    for column in {numbers}:
        known = np.isfinite(points[:, column])
        is_event = target[known] == EVENT
        if is_event.any() and not is_event.all():
            _, codes, counts = np.unique(points[known, column], return_inverse=True, return_counts=True)
            ranks = (np.cumsum(counts) - (counts - 1) / 2)[codes]
            events = is_event.sum()
            above = ranks[is_event].sum() - events * (events + 1) / 2
            separations[column] = abs(above / (events * (len(ranks) - events)) - 0.5)
    return max(separations, key=separations.get) if separations else 0"""
