"""Each fault does what it is called, to the rows that its record names, and to no others."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.errors import WrongValue
from core.experiment.fault_kinds import LEAK_COLUMN, AnyFault
from core.experiment.faults import FaultsConfig
from core.faults import FAULTS, SCENARIOS, Broken, break_outside, break_source
from core.faults.rows import telling_column
from tests.core.faults.rows_to_break import rows_to_break

ROWS = rows_to_break(120, 80)
EVENT = 1


def broken(**faults: Any) -> Broken:
    return break_source(ROWS, FaultsConfig.model_validate(faults), event=EVENT)


def outside(**faults: Any) -> Broken:
    return break_outside(ROWS, FaultsConfig.model_validate(faults), event=EVENT)


def test_every_fault_of_a_configuration_has_its_entry() -> None:
    assert [entry.config for entry in FAULTS.values()] == list(get_args(AnyFault))
    for kind, entry in FAULTS.items():
        assert entry.config().kind == kind
        assert entry.part in FaultsConfig.model_fields
        for sentence in (entry.happened, entry.noticed):
            assert sentence.endswith(".")
            assert sentence.count(". ") == 0, "one sentence"
        assert entry.source or entry.outside


def test_titles_are_told_apart() -> None:
    assert len({entry.title for entry in FAULTS.values()}) == len(FAULTS)
    assert len({scenario.title for scenario in SCENARIOS.values()}) == len(SCENARIOS)


def test_nothing_is_done_where_nothing_is_asked_for() -> None:
    assert broken().rows is ROWS
    assert not broken().injected


@pytest.mark.parametrize("kind", FAULTS)
def test_same_seed_same_rows_and_the_rows_given_stay_as_they_are(kind: str) -> None:
    before = ROWS.values.copy(), ROWS.target.copy()
    part = FAULTS[kind].part
    for do in (broken, outside):
        once, again = (do(**{part: {"kind": kind}}) for _ in range(2))
        for name in ("values", "target", "origin"):
            assert getattr(once.rows, name).tobytes() == getattr(again.rows, name).tobytes()
    assert ROWS.values.tobytes() == before[0].tobytes()
    assert ROWS.target.tobytes() == before[1].tobytes()


@pytest.mark.parametrize("kind", ["missing_by_target", "wrong_labels", "missed_cases", "imbalance", "copies", "device"])
def test_another_seed_takes_other_rows(kind: str) -> None:
    part = FAULTS[kind].part
    one, other = (
        broken(**{part: {"kind": kind, "share": 0.4, "seed": seed}})
        if kind != "imbalance"
        else broken(imbalance={"seed": seed})
        for seed in (0, 1)
    )
    assert one.rows.values.tobytes() != other.rows.values.tobytes() or (one.rows.target != other.rows.target).any()


def test_a_further_fault_leaves_the_rows_of_the_others() -> None:
    alone = broken(wrong_labels={"kind": "wrong_labels"})
    beside = broken(wrong_labels={"kind": "wrong_labels"}, missing={"kind": "missing_at_random"}, leak={})
    assert np.array_equal(alone.rows_of("wrong_labels"), beside.rows_of("wrong_labels"))


def test_values_are_missing_in_the_healthy_only() -> None:
    found = broken(missing={"kind": "missing_by_target"})
    lacking = np.isnan(found.rows.values)
    assert not lacking[ROWS.target == EVENT].any()
    assert lacking[ROWS.target != EVENT].sum(axis=0).tolist() == [0, 0, 72, 72]
    (done,) = found.injected
    assert done.columns == ("column 2", "column 3")
    assert np.array_equal(done.rows, np.flatnonzero(lacking.any(axis=1)))


def test_values_are_missing_whoever_they_belong_to() -> None:
    lacking = np.isnan(broken(missing={"kind": "missing_at_random", "share": 0.5, "columns": ["column 1"]}).rows.values)
    assert lacking.sum(axis=0).tolist() == [0, 100, 0, 0]
    assert 0 < lacking[ROWS.target == EVENT].sum() < 80


def test_labels_are_wrong_both_ways() -> None:
    found = broken(wrong_labels={"kind": "wrong_labels"})
    differs = np.flatnonzero(found.rows.target != ROWS.target)
    assert np.bincount(ROWS.target[differs]).tolist() == [24, 16]
    assert np.array_equal(found.rows_of("wrong_labels"), differs)


def test_of_three_classes_a_wrong_label_is_one_of_the_other_two() -> None:
    rows = rows_to_break(40, 40, 40)
    faults = FaultsConfig.model_validate({"wrong_labels": {"kind": "wrong_labels", "share": 0.5}})
    target = break_source(rows, faults, event=1).rows.target
    pairs = np.bincount(rows.target * 3 + target, minlength=9).reshape(3, 3)
    assert pairs.tolist() == [[20, 10, 10], [10, 20, 10], [10, 10, 20]]


def test_cases_are_missed_and_nobody_is_called_ill_by_mistake() -> None:
    found = broken(wrong_labels={"kind": "missed_cases"})
    assert np.array_equal(np.flatnonzero(found.rows.target != ROWS.target), found.injected[0].rows)
    assert set(ROWS.target[found.injected[0].rows]) == {EVENT}
    assert len(found.injected[0].rows) == 48


def test_cases_are_rare_and_the_others_stay() -> None:
    found = broken(imbalance={})
    assert np.bincount(found.rows.target).tolist() == [120, 6]
    (done,) = found.injected
    assert done.removed is not None
    assert sorted([*found.rows.origin, *done.removed]) == list(range(200))
    assert set(ROWS.target[done.removed]) == {EVENT}


def test_a_leak_tells_the_classes_apart_and_is_empty_outside() -> None:
    found = broken(leak={"spread": 0.1})
    assert found.rows.columns[-1] == LEAK_COLUMN
    assert found.rows.numbers[-1]
    assert roc_auc_score(ROWS.target, found.rows.values[:, -1]) > 0.999
    assert np.std(found.rows.values[:, -1] - ROWS.target) == pytest.approx(0.1, rel=0.2)
    assert np.isnan(outside(leak={}).rows.values[:, -1]).all()
    assert np.array_equal(outside(leak={}).rows.values[:, :-1], ROWS.values)


def test_copies_come_after_the_rows_that_they_are_copies_of() -> None:
    found = broken(duplicates={"share": 0.5, "times": 4}).rows
    assert len(found) == 200 + 3 * 100
    assert np.array_equal(found.values[:200], ROWS.values)
    assert np.array_equal(found.values[200:], ROWS.values[found.origin[200:]])
    counts = np.bincount(found.origin)
    assert sorted(set(counts)) == [1, 4]
    assert (counts == 4)[ROWS.target == EVENT].sum() == 40


def test_a_copy_of_a_wrong_label_is_a_wrong_label() -> None:
    found = broken(wrong_labels={"kind": "wrong_labels"}, duplicates={"share": 1, "times": 2})
    wrong = np.flatnonzero(found.rows.target != ROWS.target[found.rows.origin])
    assert len(wrong) == 80
    assert np.array_equal(found.rows_of("wrong_labels", "missed_cases"), wrong)


def test_the_ill_were_measured_with_another_device() -> None:
    found = broken(shift={"kind": "device", "column": "column 2", "share": 0.5})
    added = found.rows.values - ROWS.values
    assert np.flatnonzero(added.any(axis=0)).tolist() == [2]
    assert np.array_equal(np.flatnonzero(added[:, 2]), found.injected[0].rows)
    assert set(ROWS.target[found.injected[0].rows]) == {EVENT}
    assert np.allclose(added[found.injected[0].rows, 2], 1.5 * ROWS.values[:, 2].std())
    assert outside(shift={"kind": "device"}).rows is ROWS


def test_another_hospital_changes_the_external_rows_only() -> None:
    units = outside(shift={"kind": "units", "column": "column 1"}).rows.values
    assert np.allclose(units[:, 1], 18 * ROWS.values[:, 1])
    stuck = outside(shift={"kind": "stuck_device", "column": "column 1", "quantile": 0.5}).rows.values
    assert set(stuck[:, 1]) == {np.median(ROWS.values[:, 1])}
    screened = outside(shift={"kind": "screening", "prevalence": 0.1}).rows.target
    assert np.bincount(screened).tolist() == [120, 13]
    for kind in ("units", "stuck_device", "screening"):
        assert broken(shift={"kind": kind}).rows is ROWS
        assert not FaultsConfig.model_validate({"shift": {"kind": kind}}).breaks_source


@pytest.mark.parametrize("kind", ["units", "stuck_device", "device"])
def test_a_category_has_no_units(kind: str) -> None:
    do = broken if kind == "device" else outside
    with pytest.raises(WrongValue, match=r"there is no column 'column 0'\. Choose from column 1"):
        do(shift={"kind": kind, "column": "column 0"})


def test_the_column_that_tells_most_is_that_of_the_largest_area_under_the_curve() -> None:
    areas = [abs(roc_auc_score(ROWS.target, ROWS.values[:, place]) - 0.5) for place in range(1, 4)]
    assert telling_column(ROWS, EVENT) == f"column {1 + int(np.argmax(areas))}"
