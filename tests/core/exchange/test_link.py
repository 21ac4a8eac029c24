"""The link: every control there and back, and a plain sentence for each value that cannot be used."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from core import ExperimentConfig
from core.exchange.link import MAX_LENGTH, MAX_WITH_POINTS, SPEEDS, Link, from_query, to_query
from core.experiment.activations import ACTIVATIONS
from core.experiment.catalogue import CATALOG
from core.experiment.config import MAX_EPOCHS, MAX_LAYERS, MAX_SEED
from core.experiment.drawing import Drawing, reference_of
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import activations_for, losses_for
from core.experiment.scalings import SCALINGS
from tests.core.dense import dense_layers
from tests.drawings import clusters, dataset_config, random_points

DEFAULT = ExperimentConfig()


def read(query: str) -> Link:
    """As a browser's address bar hands it over."""
    return from_query(parse_qs(query, keep_blank_values=True))


def config_of(**sections: dict[str, Any]) -> ExperimentConfig:
    return ExperimentConfig.model_validate(sections)


def assert_comes_back(config: ExperimentConfig) -> None:
    link = read(urlencode(to_query(config)))
    assert link.problems == ()
    assert link.config == config


def test_the_design_document_s_link_is_this_experiment() -> None:
    link = read(
        "dataset=moons&noise=0.2&layers=8-tanh,8-tanh&optimizer=adam&learning_rate=0.03&batch_size=16&epochs=200&seed=1"
    )
    assert link.problems == ()
    assert link.config == ExperimentConfig.model_validate(
        {
            "dataset": {"name": "moons", "noise": 0.2},
            "model": {"hidden_layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}]},
            "training": {"optimizer": "adam", "learning_rate": 0.03, "batch_size": 16, "epochs": 200},
            "seed": 1,
        }
    )


def test_the_same_link_is_written_back_letter_by_letter() -> None:
    query = (
        "dataset=moons&noise=0.2&layers=8-tanh,8-tanh&optimizer=adam&learning_rate=0.03&batch_size=16&epochs=200&seed=1"
    )
    assert urlencode(to_query(read(query).config), safe=",") == query


def test_an_empty_link_is_the_default_experiment() -> None:
    assert from_query({}) == Link(DEFAULT, None, ())


def test_layers_say_dropout_and_batch_normalisation() -> None:
    layers = dense_layers(read("layers=64-relu-d0.2-bn,5-silu-bn,3-elu-d0.5").config)
    assert [(layer.units, layer.activation, layer.dropout, layer.batch_normalization) for layer in layers] == [
        (64, "relu", 0.2, True),
        (5, "silu", 0.0, True),
        (3, "elu", 0.5, False),
    ]


def test_the_order_of_a_layer_s_parts_does_not_matter() -> None:
    assert read("layers=8-bn-d0.2-tanh").config == read("layers=8-tanh-d0.2-bn").config


def test_no_hidden_layer_is_none() -> None:
    assert read("layers=none").config.model.hidden_layers == ()
    assert to_query(config_of(model={"hidden_layers": []}))["layers"] == "none"


def test_what_has_its_default_stays_out_of_the_link() -> None:
    assert set(to_query(DEFAULT)) == {
        "dataset",
        "noise",
        "layers",
        "optimizer",
        "learning_rate",
        "batch_size",
        "epochs",
        "seed",
    }


def test_a_real_data_set_s_link_has_no_noise() -> None:
    assert "noise" not in to_query(config_of(dataset={"name": "iris"}))


@pytest.mark.parametrize(
    "data",
    [
        *({"dataset": dataset_config(name).model_dump()} for name in CATALOG),
        *({"dataset": {"name": "spirals", "classes": classes}} for classes in (2, 3, 4, 5)),
        *({"dataset": {"name": "blobs", "classes": classes}} for classes in (2, 3, 6)),
        {"dataset": {"name": "iris", "classes": 3}},
        *({"dataset": {"scaling": scaling}} for scaling in SCALINGS),
        *({"dataset": {"samples": samples}} for samples in (50, 10_000)),
        *({"dataset": {"noise": noise}} for noise in (0.0, 1e-05, 0.123456, 1.0)),
        *({"dataset": {"test_fraction": fraction}} for fraction in (0.05, 0.25, 0.9)),
        *({"dataset": {"name": "xor", "features": [name]}} for name in ENGINEERED_INPUTS),
        {"dataset": {"name": "wine", "features": ["od280/od315_of_diluted_wines", "hue"]}},
        {"dataset": {"name": "iris", "features": ["petal width (cm)", "sepal length (cm)"]}},
        {"dataset": {"name": "breast_cancer", "features": ["worst concave points"]}},
        *({"model": {"hidden_layers": [{"units": 3, "activation": name}]}} for name in ACTIVATIONS),
        {"model": {"hidden_layers": [{"units": 512, "dropout": 0.9, "batch_normalization": True}]}},
        {"model": {"hidden_layers": [{"units": 1}] * MAX_LAYERS}},
        *({"model": {"initializer": name}} for name in INITIALIZERS),
        *({"model": {"l1": rate, "l2": 10.0}} for rate in (1e-07, 0.001)),
        *({"training": {"optimizer": name}} for name in OPTIMIZERS),
        *({"training": {"learning_rate": rate}} for rate in (1e-08, 0.0003, 1.0, 100.0)),
        *({"training": {"batch_size": size}} for size in (1, 10_000)),
        *({"training": {"epochs": epochs}} for epochs in (1, MAX_EPOCHS)),
        {"training": {"from_logits": True}},
        {"training": {"from_logits": False}},
        {"training": {"early_stopping": 12}},
        {"dataset": {"name": "plane"}, "training": {"loss": "huber"}},
        {"dataset": {"name": "moons"}, "model": {"output_activation": "softmax"}},
        {"seed": MAX_SEED},
    ],
)
def test_every_control_comes_back(data: dict[str, Any]) -> None:
    assert_comes_back(ExperimentConfig.model_validate(data))


def rounded(rng: random.Random, least: float, most: float) -> float:
    return float(f"{rng.uniform(least, most):.3g}")


def random_config(rng: random.Random) -> ExperimentConfig:
    """An experiment with every parameter drawn."""
    info = rng.choice(list(CATALOG.values()))
    inputs = list(ENGINEERED_INPUTS) if info.is_planar else list(info.feature_names)
    dataset: dict[str, Any] = {
        "name": info.name,
        "test_fraction": rounded(rng, 0.12, 0.8),
        "scaling": rng.choice(SCALINGS),
        "features": rng.choice([None, rng.sample(inputs, rng.randint(1, min(6, len(inputs))))]),
    }
    classes = len(info.class_names or ())
    if info.is_drawn:
        classes = rng.randint(2, 6)
        dataset["points"] = random_points(rng, classes)
    if info.is_synthetic:
        dataset |= {"samples": rng.randint(60, 2_000), "noise": rounded(rng, 0, 1)}
    if info.classes:
        dataset["classes"] = rng.choice([None, rng.randint(*info.classes[:2])])
        classes = dataset["classes"] or info.classes[2]
    loss = rng.choice(losses_for(info.task, classes))
    activation = rng.choice(activations_for(loss, info.task))
    layers = [
        {
            "units": rng.randint(1, 64),
            "activation": rng.choice(list(ACTIVATIONS)),
            "dropout": rng.choice([0.0, rounded(rng, 0.001, 0.9)]),
            "batch_normalization": rng.random() < 0.5,
        }
        for _ in range(rng.randint(0, 5))
    ]
    return ExperimentConfig.model_validate(
        {
            "dataset": dataset,
            "model": {
                "hidden_layers": layers,
                "initializer": rng.choice(list(INITIALIZERS)),
                "l1": rng.choice([0.0, rounded(rng, 0, 1)]),
                "l2": rng.choice([0.0, rounded(rng, 0, 1)]),
                "output_activation": activation,
            },
            "training": {
                "optimizer": rng.choice(list(OPTIMIZERS)),
                "learning_rate": rounded(rng, 1e-5, 1.0),
                "batch_size": rng.randint(1, 500),
                "epochs": rng.randint(1, MAX_EPOCHS),
                "loss": loss,
                "from_logits": rng.choice(
                    [None, activation == "linear"] if info.task == "classification" else [None, False]
                ),
                "early_stopping": rng.choice([None, rng.randint(1, 100)]),
            },
            "seed": rng.randint(0, MAX_SEED),
        }
    )


def test_three_hundred_random_experiments_come_back() -> None:
    rng = random.Random(0)
    for _ in range(300):
        assert_comes_back(random_config(rng))


@pytest.mark.parametrize("value", [1 / 3, 0.1 + 0.2, 1 / 70_000])
@pytest.mark.parametrize(("section", "name"), [("training", "learning_rate"), ("dataset", "noise"), ("model", "l2")])
def test_a_number_comes_back_to_its_last_digit(section: str, name: str, value: float) -> None:
    """A rate that differs in its last digit is another run."""
    assert_comes_back(ExperimentConfig.model_validate({section: {name: value}}))


def test_a_tiny_dropout_comes_back() -> None:
    assert_comes_back(config_of(model={"hidden_layers": [{"units": 8, "dropout": 0.00001}]}))


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_speed_comes_back(speed: int | None) -> None:
    link = from_query(to_query(DEFAULT, speed=speed))
    assert (link.speed, link.problems) == (speed, ())


def test_speed_max_is_as_fast_as_possible() -> None:
    assert read("speed=max") == Link(DEFAULT, None, ())


@pytest.mark.parametrize("speed", ["0", "-1", "3", "fast", "1e9", "9" * 5000, "", "1.5", "²"])
def test_a_speed_that_is_not_offered_is_named(speed: str) -> None:
    link = read(urlencode({"speed": speed}))
    assert link.speed is None
    (problem,) = map(str, link.problems)
    assert problem.startswith("speed is ")
    assert problem.endswith("Using max.")


BAD = [
    ("learning_rate", "NaN", "0.01"),
    ("learning_rate", "Infinity", "0.01"),
    ("learning_rate", "-1", "0.01"),
    ("learning_rate", "0", "0.01"),
    ("learning_rate", "1e400", "0.01"),
    ("learning_rate", "fast", "0.01"),
    ("learning_rate", "", "0.01"),
    ("learning_rate", "True", "0.01"),
    ("learning_rate", "0,03", "0.01"),
    ("layers", "100000-relu", "8-tanh,8-tanh"),
    ("layers", "0-relu", "8-tanh,8-tanh"),
    ("layers", "-5-relu", "8-tanh,8-tanh"),
    ("layers", "8-relu,", "8-tanh,8-tanh"),
    ("layers", "relu", "8-tanh,8-tanh"),
    ("layers", "8-relu6", "8-tanh,8-tanh"),
    ("layers", "8-relu-d1.5", "8-tanh,8-tanh"),
    ("layers", "8-relu-dnan", "8-tanh,8-tanh"),
    ("layers", "8-relu-d", "8-tanh,8-tanh"),
    ("layers", ",".join(["8-relu"] * 13), "8-tanh,8-tanh"),
    ("layers", "9" * 5000 + "-relu", "8-tanh,8-tanh"),
    ("epochs", "1e9", "400"),
    ("epochs", "1000000000", "400"),
    ("epochs", "0", "400"),
    ("epochs", "-3", "400"),
    ("epochs", "9" * 5000, "400"),
    ("epochs", "12.5", "400"),
    ("batch_size", "0", "16"),
    ("batch_size", "99999", "16"),
    ("dataset", "mnist", "spirals"),
    ("dataset", "../../etc/passwd", "spirals"),
    ("dataset", "<img src=x onerror=alert(1)>", "spirals"),
    ("samples", "49", "300"),
    ("samples", "10001", "300"),
    ("noise", "1.1", "0.1"),
    ("noise", "-0.1", "0.1"),
    ("noise", "inf", "0.1"),
    ("classes", "9", "the default"),
    ("classes", "two", "the default"),
    ("test_fraction", "1", "0.2"),
    ("test_fraction", "0", "0.2"),
    ("scaling", "huge", "standard"),
    ("features", "z", "the default"),
    ("features", "x,x", "the default"),
    ("features", "", "the default"),
    ("initializer", "he", "glorot_uniform"),
    ("l1", "-1", "0"),
    ("l2", "nan", "0"),
    ("output_activation", "relu", "the default"),
    ("output_activation", "softmax,sigmoid", "the default"),
    ("optimizer", "lion", "adam"),
    ("loss", "hinge", "the default"),
    ("loss", "huber", "the default"),
    ("from_logits", "perhaps", "the default"),
    ("early_stopping", "0", "the default"),
    ("early_stopping", "soon", "the default"),
    ("seed", "-1", "0"),
    ("seed", str(MAX_SEED + 1), "0"),
    ("seed", "\x00\u202e1", "0"),
]


@pytest.mark.parametrize(("name", "text", "instead"), BAD, ids=[f"{name}={text[:20]!r}" for name, text, _ in BAD])
def test_a_bad_value_falls_back_and_is_named(name: str, text: str, instead: str) -> None:
    link = read(urlencode({name: text}))
    assert link.config == DEFAULT
    (problem,) = map(str, link.problems)
    assert problem.startswith(name)
    assert problem.endswith(f"Using {instead}.")
    assert problem.isprintable()
    assert len(problem) < 300
    assert "Traceback" not in problem


@pytest.mark.parametrize(("name", "text", "instead"), BAD, ids=[f"{name}={text[:20]!r}" for name, text, _ in BAD])
def test_a_bad_value_takes_no_good_one_with_it(name: str, text: str, instead: str) -> None:
    good = {"dataset": "spirals", "samples": "200", "classes": "4", "features": "x,y,xy", "layers": "5-elu"}
    good |= {"optimizer": "sgd", "epochs": "7", "l2": "0.5", "loss": "sparse_categorical_crossentropy"}
    good |= {"early_stopping": "9", "test_fraction": "0.4"}
    link = from_query(good | {name: text})
    kept = to_query(link.config)
    assert {each: kept.get(each) for each in good if each != name} == {
        each: value for each, value in good.items() if each != name
    }
    (problem,) = map(str, link.problems)
    assert problem.startswith(name)


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ("dataset=spirals&classes=3&features=z", "features"),
        ("dataset=spirals&features=x,xy&classes=9", "classes"),
        ("dataset=moons&features=x,y&samples=50&test_fraction=0.0500001&classes=3", "classes"),
        (
            "dataset=breast_cancer&loss=mean_squared_error&epochs=10000&layers=" + ",".join(["512-relu"] * 12),
            "epochs",
        ),
        ("dataset=diabetes&loss=huber&from_logits=true", "from_logits"),
        ("dataset=diabetes&loss=huber&output_activation=sigmoid", "output_activation"),
    ],
)
def test_of_several_values_the_one_at_fault_is_left_out(query: str, at_fault: str) -> None:
    link = read(query)
    (problem,) = map(str, link.problems)
    assert problem.startswith(f"{at_fault} ")
    kept, given = to_query(link.config), dict(pair.split("=") for pair in query.split("&"))
    assert {name: kept.get(name) for name in given if name not in {at_fault, "samples"}} == {
        name: value for name, value in given.items() if name not in {at_fault, "samples"}
    }


@pytest.mark.parametrize(
    "query",
    [
        "dataset=blobs&classes=6&samples=50&test_fraction=0.1",
        "dataset=moons&samples=10000&epochs=10000&layers=" + ",".join(["512-relu"] * 12),
        "dataset=iris&loss=binary_crossentropy&output_activation=sigmoid",
        "dataset=nowhere&classes=9&features=q&epochs=-1&layers=x&seed=1e9&speed=7",
    ],
)
def test_values_that_do_not_fit_together_leave_a_valid_experiment_and_a_sentence(query: str) -> None:
    link = read(query)
    assert link.problems
    assert link.config != DEFAULT or "nowhere" in query
    assert ExperimentConfig.model_validate(link.config.model_dump()) == link.config


@pytest.mark.parametrize("layer", ["8-tanh-relu", "8-tanh-d0.1-d0.2"])
def test_a_layer_that_says_two_things_is_not_guessed(layer: str) -> None:
    link = read(f"layers={layer}")
    assert link.config == DEFAULT
    assert len(link.problems) == 1


def test_of_a_repeated_key_the_last_counts_and_that_is_said() -> None:
    link = read("seed=1&seed=2&seed=3")
    assert link.config.seed == 3
    assert list(map(str, link.problems)) == ["'seed' was given 3 times; the last one counts."]


def test_an_unknown_parameter_is_named_and_left_out() -> None:
    link = read("sede=5&seed=6")
    assert link.config.seed == 6
    assert list(map(str, link.problems)) == ["Not parameters of Descent, left out: 'sede'."]


def test_the_run_and_streamlit_s_own_parameters_are_left_alone() -> None:
    assert read("run=0123456789abcdef&embed=true&embed_options=dark_theme") == Link(DEFAULT, None, ())


def test_the_link_of_an_experiment_names_no_run() -> None:
    assert "run" not in to_query(read("run=0123456789abcdef&seed=4").config)


def test_sixty_kilobytes_are_not_read() -> None:
    link = read("seed=5&" + "x" * 60_000 + "=1&epochs=7")
    assert link.config == config_of(seed=5)  # type: ignore[arg-type]
    (problem,) = map(str, link.problems)
    assert problem.startswith(f"The link is longer than {MAX_LENGTH:,} characters")


def test_ten_thousand_parameters_are_answered_briefly() -> None:
    link = read("&".join(f"p{index}=1" for index in range(10_000)))
    assert link.config == DEFAULT
    assert sum(len(str(problem)) for problem in link.problems) < 2_000


def test_a_name_is_shown_short_and_printable() -> None:
    (problem,) = map(str, read(urlencode({"\u202e\x00" + "a" * 1000: "1"})).problems)
    assert problem.isprintable()
    assert len(problem) < 120


def drawn(*counts: int, **sections: dict[str, Any]) -> ExperimentConfig:
    return config_of(dataset={"name": "drawn", "points": clusters(*counts)}, **sections)


def test_a_drawing_is_in_the_link() -> None:
    config = drawn(5, 5)
    query = to_query(config)
    assert query["points"] == "5.5.FBQWFBgUGhQcFBQyFjIYMhoyHDI"
    assert {"samples", "noise", "classes"}.isdisjoint(query)
    assert_comes_back(config)


def test_a_link_without_a_drawing_names_no_points() -> None:
    assert all("points" not in to_query(config_of(dataset={"name": name})) for name in CATALOG if name != "drawn")


def test_two_hundred_random_drawings_come_back_within_the_longest_link() -> None:
    rng = random.Random(1)
    for _ in range(200):
        points = random_points(rng, rng.randint(2, 6), most=320)
        config = config_of(dataset={"name": "drawn", "points": points, "test_fraction": 0.3})
        assert_comes_back(config)
        again = read(urlencode(to_query(config))).config.dataset.points
        assert again is not None
        assert sorted(again.points, key=str) == sorted(
            ((round(20 * x) / 20, round(20 * y) / 20, k) for x, y, k in points), key=str
        )


def test_a_drawing_too_large_for_a_link_is_kept_and_found() -> None:
    kept: dict[str, Drawing] = {}

    def keep(drawing: Drawing) -> str:
        kept[reference_of(drawing.text)] = drawing
        return reference_of(drawing.text)

    small, large = drawn(100, 100), config_of(dataset={"name": "drawn", "points": clusters(100, 100, 100, 100) * 2})
    assert to_query(small, keep_drawing=keep) == to_query(small)
    assert kept == {}
    query = to_query(large, keep_drawing=keep)
    assert len(urlencode(query)) < 300
    assert from_query(query, find_drawing=kept.get) == Link(large)
    assert len(urlencode(to_query(large))) > MAX_WITH_POINTS


def test_parameters_with_points_stay_below_the_limit_whatever_the_drawing() -> None:
    for count in range(200, 400, 7):
        query = to_query(drawn(count // 4, *[count // 4] * 3), keep_drawing=lambda drawing: reference_of(drawing.text))
        assert len(urlencode(query)) <= MAX_WITH_POINTS


@pytest.mark.parametrize("find", [None, {}.get])
def test_a_drawing_that_is_not_kept_is_said_in_one_line(find: Any) -> None:
    link = from_query({"dataset": "drawn", "points": "sha-" + "0" * 32, "epochs": "7"}, find_drawing=find)
    assert link.config == config_of(training={"epochs": 7})
    (problem,) = link.problems
    assert str(problem) == "points was not used (this drawing is not kept on this server any more). Using spirals."


GOOD_POINTS = to_query(drawn(8, 9))["points"]


@pytest.mark.parametrize(
    "points",
    [
        "",
        *(GOOD_POINTS[:length] for length in range(1, len(GOOD_POINTS), 3)),
        GOOD_POINTS + "AA",
        "9.9." + GOOD_POINTS[4:],
        "8.9.____" + GOOD_POINTS[8:],  # beyond the plane
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "sha-" + "0" * 32,
        "sha-xyz",
        "1.1.",
        "0.0.",
        "9999." * 6,
        "1." * 3_000,
        "٣.٣.AAAA",
        "8.9.\x00\u202e",
        "5.5.5.5.5.5.5." + "A" * 94,
        "9999.9999." + "A" * 6_000,
    ],
)
def test_points_that_cannot_be_used_fall_back_with_one_sentence(points: str) -> None:
    link = from_query({"dataset": "drawn", "points": points, "epochs": "7"})
    assert link.config == config_of(training={"epochs": 7})
    (problem,) = map(str, link.problems)
    assert problem.startswith("points was not used (")
    assert problem.endswith("Using spirals.")
    assert problem.isprintable()
    assert len(problem) < 200


@pytest.mark.parametrize("points", [GOOD_POINTS, "nothing", "sha-" + "0" * 32])
def test_points_of_another_data_set_are_left_out_and_that_is_said(points: str) -> None:
    link = from_query({"dataset": "moons", "points": points, "epochs": "7"})
    assert link.config == config_of(dataset={"name": "moons"}, training={"epochs": 7})
    (problem,) = map(str, link.problems)
    assert problem.startswith("points was not used (")
    assert problem.endswith("Left out.")


def test_a_link_may_ask_for_a_drawing_and_bring_none() -> None:
    link = read("dataset=drawn&layers=4-relu&features=x,x2")
    assert link.draws
    assert link.problems == ()
    assert to_query(link.config)["layers"] == "4-relu"
    assert not read("dataset=moons").draws


def test_a_split_that_a_small_drawing_cannot_have_blames_the_split() -> None:
    link = from_query(to_query(drawn(5, 5)) | {"test_fraction": "0.1"})
    assert link.config == drawn(5, 5)
    (problem,) = map(str, link.problems)
    assert problem.startswith("test_fraction was not used")
    assert "Draw more points" in problem
