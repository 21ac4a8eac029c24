"""Training, validation and test rows are told apart on the curves, on the map and in the list of runs."""

import pytest

from .conftest import settle
from .test_runs import Server, choose, legend, open_runs, run, wait_for_lines  # noqa: F401 — one is a fixture

NAMES = '["loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"]'


@pytest.fixture
def validated(live):
    live.evaluate(
        f"""harness.begin({{info: {{log_names: {NAMES}, validation_rows: 3}}}},
            Array.from({{length: 40}}, (_, i) => [0.5, 0.75, 0.25, 0.875, 0.125, 0.625]))"""
    )
    settle(live)
    return live


def test_the_readouts_have_all_three(validated):
    words = " ".join(validated.get_by_test_id("loss-readout").inner_text().split())
    assert words == "training 0.500 validation 0.250 test 0.125 epoch 40"
    words = " ".join(validated.get_by_test_id("accuracy-readout").inner_text().split())
    assert words == "training 75.0 % validation 87.5 % test 62.5 %"


def test_the_live_view_has_the_facts_of_the_test_rows(validated):
    root = validated.get_by_test_id("live")
    found = [root.get_attribute(f"data-{name}") for name in ("val-loss", "val-accuracy", "test-loss", "test-accuracy")]
    assert found == ["0.25", "0.875", "0.125", "0.625"]
    strip = validated.locator(".dsc-stat-loss").inner_text()
    assert strip.split() == ["0.125", "test", "loss"]


def test_without_validation_rows_there_are_no_such_facts(validated):
    validated.evaluate("harness.begin({info: {channel: 'run-2'}})")
    settle(validated)
    root = validated.get_by_test_id("live")
    assert root.get_attribute("data-val-loss") == "0.6"
    assert root.get_attribute("data-test-loss") is None
    assert "validation" not in validated.get_by_test_id("loss-readout").inner_text()
    assert validated.get_by_role("checkbox", name="validation").count() == 0


def test_they_are_named_in_the_language_that_was_chosen_before_they_came(live):
    live.evaluate("harness.begin()")
    settle(live)
    live.evaluate('harness.speak("zh", {validation: "验证", test: "测试"})')
    live.evaluate(f"harness.begin({{info: {{log_names: {NAMES}, validation_rows: 3}}}}, [[1, 1, 1, 1, 1, 1]])")
    settle(live)
    assert "验证" in live.get_by_test_id("loss-readout").inner_text()
    assert live.get_by_role("checkbox", name="验证").count() == 1


def test_the_three_lines_differ_in_colour_and_in_their_dashes(validated):
    drawn = validated.evaluate(
        """() => {
            const found = [];
            const real = CanvasRenderingContext2D.prototype.stroke;
            CanvasRenderingContext2D.prototype.stroke = function (path) {
                if (path) found.push([this.strokeStyle, this.getLineDash().join()]);
                return real.apply(this, path ? [path] : []);
            };
            document.documentElement.dispatchEvent(new Event("x"));
            document.querySelector("[data-testid=log-scale]").click();
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
                CanvasRenderingContext2D.prototype.stroke = real;
                done(found.slice(0, 3));
            })));
        }"""
    )
    assert len({colour for colour, _ in drawn}) == len({dash for _, dash in drawn}) == 3


def test_a_run_that_validation_rows_judge_says_so_in_the_list(open_runs):  # noqa: F811
    page = open_runs(Server(run(1, by_validation=True), run(2)))
    newest, older = ([" ".join(cell.inner_text().split()) for cell in row.locator("td").all()] for row in
                     page.get_by_test_id("run-row").all())  # fmt: skip
    assert "90.0 %" in newest
    assert "90.0 % val." in older
    assert page.locator("[title='0.25 of the validation rows']").count() == 1


def test_test_rows_are_compared_with_test_rows(open_runs):  # noqa: F811
    server = Server(run(1, by_validation=True), run(2))
    server.histories["run-1"] = [[0.5, 0.6, 0.7, 0.8, 0.9, 0.1]] * 40
    page = open_runs(server)
    choose(page, 1, 2)
    wait_for_lines(page, 2)
    assert sorted(line.split()[-2:] for line in legend(page)[1:]) == [
        ["0.700", "80.0 %"],
        ["0.900", "10.0 %"],
    ] or sorted(line.split()[-3:] for line in legend(page)[1:]) == [["0.700", "80.0", "%"], ["0.900", "10.0", "%"]]
    page.get_by_test_id("compare-validation").check()
    settle(page)
    assert any("0.700" in line and "80.0" in line for line in legend(page))
    assert "1 run has no validation rows and no line here." in page.get_by_test_id("compare").inner_text()
