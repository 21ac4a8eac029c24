"""The lab's controls come from the registry of faults, say what is broken, and ask for the tasks."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.task import Task
from core.experiment.faults import FaultsConfig
from core.faults import FAULTS, SCENARIOS
from pages.components.fault_controls import STRENGTHS
from tests.pages.browsing import ROOT, SECONDS, quiet, value


@pytest.fixture
def begun(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What the page asked for; no process works on it."""
    asked: list[tuple[str, dict[str, object]]] = []

    def begin(config: object, kind: str, options: dict[str, object], *, owner: str) -> Task:
        asked.append((kind, options))
        return Task(f"task-{len(asked)}", kind, options, "", 0, owner, "")

    monkeypatch.setattr(engine, "begin_task_for", begin)
    return asked


def opened() -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    page.run()
    return quiet(page.switch_page("pages/data.py").run())


def on_the_clinic() -> AppTest:
    return quiet(opened().button(key="lab_clinic").click().run())


def test_every_number_of_every_fault_has_its_control() -> None:
    fields = {name for fault in FAULTS.values() for name in fault.config.model_fields}
    assert fields - {"kind", "seed", "column", "columns"} == set(STRENGTHS)
    for fault in FAULTS.values():
        for name, field in fault.config.model_fields.items():
            if name in STRENGTHS:
                assert STRENGTHS[name].low <= field.default <= STRENGTHS[name].high


def test_the_lab_begins_with_the_clinic_where_no_table_was_brought(begun: list[object]) -> None:
    page = opened()
    assert not [each for each in page.toggle if str(each.key).startswith("fault_")]
    page = quiet(page.button(key="lab_clinic").click().run())
    assert [each.key for each in page.toggle if str(each.key).startswith("fault_")] == [
        f"fault_{kind}" for kind in FAULTS
    ]
    assert page.button(key="run_lab").disabled, "nothing is broken yet"


def test_the_controls_say_what_is_broken(begun: list[tuple[str, dict[str, object]]]) -> None:
    page = on_the_clinic()
    page = quiet(page.toggle(key="fault_missing_at_random").set_value(True).run())
    page = quiet(page.toggle(key="fault_missing_by_target").set_value(True).run())
    assert value(page, "fault_missing_at_random") is False, "two of one part exclude each other"
    page.slider(key="fault_missing_by_target_share").set_value(0.4)
    page.number_input(key="fault_missing_by_target_seed").set_value(3)
    page = quiet(page.multiselect(key="fault_missing_by_target_columns").set_value(["smoker", "sex"]).run())
    page = quiet(page.toggle(key="fault_leak").set_value(True).run())
    page = quiet(page.slider(key="lab_seeds").set_value(2).run())
    page = quiet(page.button(key="run_lab").click().run())
    faults = FaultsConfig.model_validate(
        {
            "missing": {"kind": "missing_by_target", "share": 0.4, "seed": 3, "columns": ("smoker", "sex")},
            "leak": {},
        }
    )
    assert begun == [("quality_lab", {"faults": faults.model_dump(mode="json"), "seeds": 2})]


def test_a_known_fault_sets_the_controls(begun: list[tuple[str, dict[str, object]]]) -> None:
    page = on_the_clinic()
    for name in ("wrong_copies", "device"):
        page = quiet(page.selectbox(key="lab_scenario").select(name).run())
        page = quiet(page.button(key="run_suspects").click().run())
        assert begun[-1] == ("suspects", {"faults": SCENARIOS[name].faults.model_dump(mode="json")})
    assert value(page, "fault_device_column") == "C-reactive protein (mg/L)"
