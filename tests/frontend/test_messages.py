"""What arrives over the socket becomes state, attributes and text."""

import json
import struct

from .conftest import settle

CONFUSION = {"frame": {"epoch": 1, "map": None, "confusion": [[3, 1], [0, 2]]}}


def attribute(page, name, testid="live"):
    return page.get_attribute(f"[data-testid={testid}]", name)


def encoded(header, blocks):
    """A message as the server writes it, by the book: independent of the JavaScript encoder."""

    def padded(data):
        return data + b"\0" * (-len(data) % 4)

    text = json.dumps(header).encode()
    return padded(struct.pack("<I", len(text)) + text) + b"".join(padded(block) for block in blocks)


def test_before_the_first_message_the_view_is_idle_and_its_numbers_are_empty(live):
    assert attribute(live, "data-state") == "idle"
    assert attribute(live, "data-epoch") == "0"
    numbers = ("data-loss", "data-accuracy", "data-val-loss", "data-val-accuracy")
    assert [attribute(live, number) for number in numbers] == ["", "", "", ""]


def test_a_message_is_decoded_with_its_padding(live):
    message = encoded(
        {
            "title": "ü",  # two bytes in UTF-8
            "blocks": [
                {"name": "odd", "dtype": "u8", "shape": [3]},
                {"name": "table", "dtype": "f32", "shape": [2, 2]},
                {"name": "signed", "dtype": "i32", "shape": [1]},
            ],
        },
        [bytes([1, 2, 3]), struct.pack("<4f", 0.5, -1, 2, 3), struct.pack("<i", -7)],
    )
    decoded = live.evaluate(
        """async bytes => {
            const { decode } = await import("/pages/frontend/run/protocol.js");
            const { header, blocks } = decode(new Uint8Array(bytes).buffer);
            const [odd, table, signed] = ["odd", "table", "signed"].map(name => [...blocks[name].data]);
            return [header.title, odd, table, signed, blocks.table.shape];
        }""",
        list(message),
    )
    assert decoded == ["ü", [1, 2, 3], [0.5, -1, 2, 3], [-7], [2, 2]]


def test_the_attributes_carry_the_newest_epoch(live):
    live.evaluate("harness.begin({}, [[0.5, 0.75, 0.625, 0.5], [0.25, 0.875, 0.375, 0.75]])")
    assert attribute(live, "data-state") == "running"
    assert attribute(live, "data-epoch") == "2"
    assert attribute(live, "data-loss") == "0.25"
    assert attribute(live, "data-accuracy") == "0.875"
    assert attribute(live, "data-val-loss") == "0.375"
    assert attribute(live, "data-val-accuracy") == "0.75"


def test_tiny_and_huge_numbers_are_plain_decimals(live):
    texts = live.evaluate(
        """async () => {
            const { plainDecimal } = await import("/pages/frontend/ui/format.js");
            return [1.5e-9, 123456789, 4e22, 0, NaN, -0.1].map(plainDecimal);
        }"""
    )
    assert texts == ["0.0000000015", "123456789", "40000000000000000000000", "0", "", "-0.1"]


def test_a_number_and_its_spread_have_the_same_decimals(live):
    texts = live.evaluate(
        """async () => {
            const { together } = await import("/pages/frontend/ui/format.js");
            const pairs = [[0.026, 0.00659], [-0.00508, 0.00454], [0.9996, 0.0071], [-9.1e-5, 0.012], [12.3, 104.06]];
            return pairs.map(([value, spread]) => Object.values(together(value, spread)).join(" ± "));
        }"""
    )
    assert texts == ["0.026 ± 0.007", "−0.00508 ± 0.00454", "1.000 ± 0.007", "0.000 ± 0.012", "12.3 ± 104.1"]


def test_logs_that_are_not_finite_leave_a_gap_and_an_empty_attribute(live):
    live.evaluate("harness.begin({}, [[0.5, 0.7, 0.6, 0.6], [NaN, 0.7, Infinity, 0.6]])")
    settle(live)
    assert attribute(live, "data-epoch") == "2"
    assert attribute(live, "data-loss") == ""
    assert attribute(live, "data-val-loss") == ""


def test_history_from_an_epoch_already_held_overwrites_from_there(live):
    live.evaluate("harness.begin({}, [[3, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0]])")
    live.evaluate("harness.send({history: {first_epoch: 2}}, {history: ['f32', [1, 4], [9, 0, 0, 0]]})")
    assert attribute(live, "data-epoch") == "2"
    assert attribute(live, "data-loss") == "9"
    assert attribute(live, "data-points", "loss-curve") == "2"


def test_ten_thousand_epochs_are_ten_thousand_points(live):
    logs = "Array.from({length: 10000}, (_, i) => [1 / (i + 1), 0.5, 2 / (i + 1), 0.5])"
    live.evaluate(f"harness.begin({{}}, {logs})")
    settle(live)
    assert attribute(live, "data-points", "loss-curve") == "10000"
    assert attribute(live, "data-points", "accuracy-curve") == "10000"
    assert float(attribute(live, "data-loss")) == 0.0001


def test_regression_is_shown_in_the_targets_units(open_harness):
    page = open_harness("scene=bumps&epoch=40")
    settle(page)
    assert attribute(page, "data-accuracy") == ""
    assert attribute(page, "data-val-accuracy") == ""
    assert 2 < float(attribute(page, "data-mae")) < 20.5  # logs below 1, times the scale 20.5
    assert attribute(page, "data-counts", "confusion") is None
    assert page.locator("[data-testid=scatter]").count() == 1


def test_the_confusion_matrix_is_a_table_with_counts_and_row_percentages(live):
    live.evaluate("header => harness.begin({header})", CONFUSION)
    settle(live)
    assert json.loads(attribute(live, "data-counts", "confusion")) == [[3, 1], [0, 2]]
    table = live.locator("[data-testid=confusion] table")
    assert table.locator("tbody td b").all_text_contents() == ["3", "1", "0", "2"]
    assert table.locator("tbody td small").all_text_contents() == ["75 %", "25 %", "0 %", "100 %"]
    assert table.locator("th[scope=col]").all_text_contents() == ["a", "b"]
    assert table.locator("th[scope=row]").all_text_contents() == ["a (4)", "b (2)"]
    assert "Most confused: a taken for b (1 of 4)." in live.locator("[data-testid=confusion]").text_content()


def test_a_frame_without_confusion_or_map_keeps_what_was_shown(live):
    live.evaluate("header => harness.begin({header})", CONFUSION)
    live.evaluate("harness.send({frame: {epoch: 2, map: null, confusion: null}})")
    assert json.loads(attribute(live, "data-counts", "confusion")) == [[3, 1], [0, 2]]


def test_the_boundary_says_of_which_epoch_it_is(open_harness):
    page = open_harness("scene=moons&epoch=30")
    assert attribute(page, "data-epoch", "boundary") == "30"


def test_hostile_names_stay_text(live):
    name = '<img src=x onerror="window.hacked=1">'
    live.evaluate(
        """name => {
            const baseline = {loss: 0.7, metric: 0.5, label: name};
            const view = {kind: "slice", x: 0, y: 1, x_label: name, y_label: name,
                x_range: [0, 1], y_range: [0, 1], note: name, feature_names: [name, name, name]};
            const point = ["f32", [1], [0.5]];
            harness.begin({
                info: {class_names: [name, "b"], title: name, target_name: name, baseline},
                state: {message: name},
                header: {view, frame: {epoch: 1, map: null, confusion: [[1, 2], [0, 1]]}},
                blocks: {points_x: point, points_y: point, points_target: ["f32", [1], [0]],
                    points_test: ["u8", [1], [0]]},
            });
            harness.mount({note: name});
        }""",
        name,
    )
    live.wait_for_timeout(1200)  # the text alternatives follow within a second
    assert live.evaluate("window.hacked") is None
    assert live.locator("[data-testid=live] img").count() == 0
    assert live.locator("th[scope=row] .dsc-name").first.text_content() == name


def test_a_message_that_explains_a_failure_is_shown_as_a_status(live):
    failed = "{state: 'failed', message: 'The loss became infinite.', tone: 'error'}"
    live.evaluate(f"harness.begin({{state: {failed}}})")
    settle(live)
    assert attribute(live, "data-state") == "failed"
    assert live.locator("[data-testid=status]").text_content() == "The loss became infinite."


def test_a_queued_run_says_how_many_wait_before_it(live):
    live.evaluate("harness.begin({state: {state: 'queued', epoch: 0, queue_position: 2}}, [])")
    settle(live)
    assert live.locator("[data-testid=status]").text_content() == "Waiting: number 2 in the queue."


def test_text_alternatives_name_the_numbers(live):
    live.evaluate("harness.begin()")
    live.wait_for_function("document.querySelector('[data-testid=loss-curve]').ariaLabel?.includes('after epoch')")
    assert live.get_attribute("[data-testid=loss-curve]", "aria-label").startswith(
        "Loss after epoch 1: training 0.500, test 0.600."
    )
