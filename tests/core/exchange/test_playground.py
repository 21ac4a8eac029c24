"""Links of TensorFlow Playground: every key, links as they are found in the wild, and texts that wish us ill."""

from __future__ import annotations

import math
import random
import time
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from core import ExperimentConfig, import_playground
from core.errors import NotAPlaygroundLink
from core.exchange.link import MAX_LENGTH, from_query, to_query
from core.exchange.playground import EPOCHS, PlaygroundImport
from core.experiment.config import MAX_LAYERS, MAX_SEED
from core.experiment.layers import MAX_UNITS
from core.experiment.synthetic import generate
from tests.core.dense import dense_layers

HOST = "https://playground.tensorflow.org/#"

#: What the Playground writes when it is opened, but for the seed.
START = (
    "activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0"
    "&networkShape=4,2&seed=0.54321&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false"
    "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)


def read(fragment: str) -> PlaygroundImport:
    """The experiment of a fragment, which is valid, goes into a link of ours and comes back."""
    imported = import_playground(HOST + fragment)
    assert_valid(imported)
    return imported


def assert_valid(imported: PlaygroundImport) -> None:
    config = imported.config
    assert ExperimentConfig.model_validate(config.model_dump()) == config
    link = from_query(to_query(config))
    assert link.problems == ()
    assert link.config == config
    for sentence in imported.unsupported:
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 300


def started_with(**changes: str) -> str:
    """The Playground's first link with other values."""
    pairs = dict(pair.split("=") for pair in START.split("&"))
    return "&".join(f"{key}={value}" for key, value in {**pairs, **changes}.items())


def at(config: ExperimentConfig, path: str) -> Any:
    value: Any = config
    for name in path.split("."):
        value = getattr(value, name)
    return value


def extra(fragment: str) -> list[str]:
    """The sentences that the Playground's first link does not get."""
    return [sentence for sentence in read(fragment).unsupported if sentence not in read(START).unsupported]


def test_the_playground_s_first_link_is_this_experiment() -> None:
    assert read(START).config == ExperimentConfig.model_validate(
        {
            "dataset": {
                "name": "circles",
                "samples": 500,
                "noise": 0,
                "test_fraction": 0.5,
                "scaling": "none",
            },
            "model": {"hidden_layers": [{"units": 4, "activation": "tanh"}, {"units": 2, "activation": "tanh"}]},
            "training": {
                "optimizer": "sgd",
                "learning_rate": 0.03,
                "batch_size": 10,
                "epochs": EPOCHS,
                "loss": "mean_squared_error",
            },
            "seed": 54321,
        }
    )


def test_what_every_classification_differs_in_is_said() -> None:
    said = " ".join(read(START).unsupported)
    for words in ("sigmoid", "tanh", "half as large", "seed", "−0.5 to 0.5", "biases 0.1", f"{EPOCHS:,} epochs"):
        assert words in said
    assert len(read(START).unsupported) == 3


#: Every key of the Playground: a value, and where it arrives. Each alone and each within a whole link.
ARRIVES = [
    *(("activation", name, "model.hidden_layers", name) for name in ("relu", "tanh", "sigmoid", "linear")),
    *(("batchSize", str(size), "training.batch_size", size) for size in (1, 10, 30, 64)),
    ("dataset", "circle", "dataset.name", "circles"),
    ("dataset", "xor", "dataset.name", "xor"),
    ("dataset", "gauss", "dataset.name", "blobs"),
    ("dataset", "spiral", "dataset.name", "spirals"),
    *(
        ("learningRate", rate, "training.learning_rate", float(rate))
        for rate in ("0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10")
    ),
    *(("percTrainData", str(share), "dataset.test_fraction", 1 - share / 100) for share in range(10, 100, 10)),
    ("seed", "0.00385", "seed", 385),
    ("seed", "42", "seed", 42),
    ("xTimesY", "true", "dataset.features", ("x", "y", "xy")),
    ("xSquared", "true", "dataset.features", ("x", "y", "x2")),
    ("ySquared", "true", "dataset.features", ("x", "y", "y2")),
    ("sinX", "true", "dataset.features", ("x", "y", "sin_x")),
    ("sinY", "true", "dataset.features", ("x", "y", "sin_y")),
    ("x", "false", "dataset.features", ("y",)),
    ("y", "false", "dataset.features", ("x",)),
    ("x", "true", "dataset.features", None),
    ("problem", "regression", "dataset.name", "plane"),
    ("problem", "regression", "dataset.samples", 1200),
    ("problem", "classification", "dataset.samples", 500),
    ("initZero", "true", "model.initializer", "zeros"),
    ("initZero", "false", "model.initializer", "glorot_uniform"),
    ("regDataset", "reg-gauss", "dataset.name", "circles"),  # of no use in a classification
]


@pytest.mark.parametrize("whole", [True, False], ids=["whole link", "alone"])
@pytest.mark.parametrize(("key", "text", "path", "expected"), ARRIVES)
def test_every_key_arrives(key: str, text: str, path: str, expected: object, whole: bool) -> None:
    imported = read(started_with(**{key: text}) if whole else f"{key}={text}")
    found = at(imported.config, path)
    if path == "model.hidden_layers":
        found = {layer.activation for layer in found}
        expected = {expected}
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)
    assert not any("not used" in sentence or "Not settings" in sentence for sentence in imported.unsupported)


@pytest.mark.parametrize(("name", "ours"), [("reg-plane", "plane"), ("reg-gauss", "bumps")])
def test_a_regression_takes_the_other_data_set_and_a_linear_output(name: str, ours: str) -> None:
    imported = read(started_with(problem="regression", regDataset=name, dataset="spiral"))
    assert (imported.config.dataset.name, imported.config.dataset.classes) == (ours, None)
    assert imported.config.output.activation == "linear"
    assert "standardised" in " ".join(imported.unsupported)
    assert "sigmoid" not in " ".join(imported.unsupported)


@pytest.mark.parametrize("name", ["gauss", "spiral"])
def test_gauss_and_spiral_have_two_classes(name: str) -> None:
    assert read(f"dataset={name}").config.dataset.classes == 2


@pytest.mark.parametrize(
    ("text", "units"),
    [("", []), ("1", [1]), ("8,8,8,8,8,8", [8] * 6), ("4,%202", [4, 2]), ("9,9,9,9,9,9,9,9,9", [9] * 9), ("64", [64])],
)
def test_layers_of_any_number_and_width_arrive(text: str, units: list[int]) -> None:
    imported = read(started_with(networkShape=text))
    assert [layer.units for layer in dense_layers(imported.config)] == units
    assert extra(started_with(networkShape=text)) == []


@pytest.mark.parametrize(
    ("text", "units"),
    [
        (",".join("7" * 13), [7] * MAX_LAYERS),
        ("9999", [MAX_UNITS]),
        ("4,two,2", [4, 2]),
        ("4,-2,0,2.5,3", [4, 3]),
        ("9" * 5000, [4, 2]),
        ("abc", [4, 2]),
    ],
)
def test_layers_beyond_the_limits_are_cut_to_what_fits_and_that_is_said(text: str, units: list[int]) -> None:
    imported = read(started_with(networkShape=text))
    assert [layer.units for layer in dense_layers(imported.config)] == units
    assert [sentence for sentence in imported.unsupported if sentence.startswith("networkShape")]


# Noise: what the Playground's dataset.ts and our synthetic.py draw is compared by its spread.


@pytest.mark.parametrize("percent", [0, 5, 25, 50])
@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("circle", lambda share: 5 * share / math.sqrt(3)),  # uniform in ±5 · noise
        ("xor", lambda share: 5 * share / math.sqrt(3)),
        ("spiral", lambda share: share / math.sqrt(3)),  # uniform in ±noise
    ],
)
def test_points_are_spread_as_widely_as_there(name: str, deviation: Any, percent: int) -> None:
    config = read(f"dataset={name}&noise={percent}").config.dataset.model_copy(update={"samples": 10_000})
    clean = config.model_copy(update={"noise": 0.0})
    # Every place is drawn before the noise, so the same seed gives the same points without it.
    moved = generate(config, seed=1)[0] - generate(clean, seed=1)[0]
    assert moved.std() == pytest.approx(deviation(percent / 100), abs=0.03)


@pytest.mark.parametrize("percent", [0, 5, 25, 50])
def test_the_clouds_of_gauss_are_as_wide_for_their_distance(percent: int) -> None:
    config = read(f"dataset=gauss&noise={percent}").config.dataset.model_copy(update={"samples": 10_000})
    points, cloud = generate(config, seed=1)
    spread = points[cloud == 0].std(axis=0).mean() / np.linalg.norm(points[cloud == 0].mean(axis=0))
    variance = 0.5 + 3.5 * percent / 50
    assert spread == pytest.approx(math.sqrt(variance) / math.hypot(2, 2), abs=0.02)


def bumps_there(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The Playground's reg-gauss."""
    height = np.zeros_like(x)
    for cx, cy, sign in ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)):
        hill = sign * np.clip(1 - np.hypot(x - cx, y - cy) / 2, 0, 1)
        height = np.where(np.abs(hill) > np.abs(height), hill, height)
    return height


@pytest.mark.parametrize("percent", [0, 5, 25, 50])
@pytest.mark.parametrize(
    ("name", "height", "deviation"),
    [("reg-plane", lambda x, y: (x + y) / 10, 1.0), ("reg-gauss", bumps_there, 0.5)],
)
def test_heights_are_as_far_off_as_there(name: str, height: Any, deviation: float, percent: int) -> None:
    rng = np.random.default_rng(0)
    x, y, dx, dy = rng.uniform(-6, 6, (4, 100_000))
    share = percent / 100
    off = (height(x + share * dx, y + share * dy) - height(x, y)).std()
    noise = read(f"problem=regression&regDataset={name}&noise={percent}").config.dataset.noise
    assert deviation * noise == pytest.approx(off, abs=0.01)


def test_that_noise_is_of_another_kind_is_said_only_where_there_is_some() -> None:
    noisy = "problem=regression&regDataset=reg-gauss&noise="
    assert any(sentence.startswith("Noise is added") for sentence in read(noisy + "25").unsupported)
    assert not any(sentence.startswith("Noise is added") for sentence in read(noisy + "0").unsupported)


@pytest.mark.parametrize(("kind", "there"), [("L1", np.sign), ("L2", lambda weight: weight)])
@pytest.mark.parametrize("rate", ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"])
def test_a_penalty_moves_a_weight_as_far_as_there(kind: str, there: Any, rate: str) -> None:
    """Playground: w -= learningRate * regularizationRate * der(w), with |w| and w²/2. Keras: l1 · |w| + l2 · w²."""
    model = read(started_with(regularization=kind, regularizationRate=rate)).config.model
    weights = np.array([-0.7, 0.2, 1.5])
    gradient = model.l1 * np.sign(weights) + 2 * model.l2 * weights
    np.testing.assert_allclose(gradient, float(rate) * there(weights), rtol=1e-12)


def test_keras_sees_the_penalty_so() -> None:
    import keras
    import tensorflow as tf

    model = read(started_with(regularization="L2", regularizationRate="0.3")).config.model
    weight = tf.Variable([0.5, -2.0])
    with tf.GradientTape() as tape:
        penalty = keras.regularizers.L1L2(l1=model.l1, l2=model.l2)(weight)
    np.testing.assert_allclose(tape.gradient(penalty, weight), 0.3 * weight.numpy(), rtol=1e-6)


def test_a_rate_without_a_kind_is_no_penalty_and_needs_no_word() -> None:
    fragment = started_with(regularizationRate="0.3")
    assert (read(fragment).config.model.l1, read(fragment).config.model.l2) == (0, 0)
    assert extra(fragment) == []


def test_the_penalties_differences_are_said() -> None:
    assert any("stays there" in said for said in extra(started_with(regularization="L1", regularizationRate="0.1")))
    assert any("L2" in said for said in extra(started_with(regularization="L2", regularizationRate="0.1")))


def test_weights_that_start_at_zero_are_the_same_here() -> None:
    assert "−0.5" not in " ".join(read(started_with(initZero="true")).unsupported)


@pytest.mark.parametrize(("key", "words"), [("cosX", "cos x"), ("cosY", "cos y")])
def test_a_cosine_has_no_equal(key: str, words: str) -> None:
    (said,) = extra(started_with(**{key: "true"}))
    assert words in said
    assert read(started_with(**{key: "true"})).config == read(START).config


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("showTestData", "true", "test data shown"),
        ("discretize", "true", "discretised output"),
        ("hideText", "true", "hidden text"),
        ("collectStats", "true", "statistics"),
        ("tutorial", "dp-neural-net", "tutorial"),
        ("playButton_hide", "true", "playButton"),
    ],
)
def test_how_the_playground_looks_is_said_where_it_was_set(key: str, text: str, words: str) -> None:
    (said,) = extra(started_with(**{key: text}))
    assert words in said
    assert read(started_with(**{key: text})).config == read(START).config


@pytest.mark.parametrize("key", ["showTestData", "discretize", "hideText", "collectStats", "noise_hide"])
def test_what_was_not_set_is_not_mentioned(key: str) -> None:
    assert extra(started_with(**{key: "false"})) == []


def test_a_hidden_input_is_not_used_as_in_the_playground() -> None:
    imported = read(started_with(xTimesY="true", xTimesY_hide="true", xSquared="true"))
    assert imported.config.dataset.features == ("x", "y", "x2")
    assert any("x·y" in sentence for sentence in imported.unsupported)


def test_no_input_at_all_becomes_x_and_y_and_that_is_said() -> None:
    fragment = started_with(x="false", y="false")
    assert read(fragment).config == read(START).config
    assert any("at least one is needed" in said for said in extra(fragment))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *(("learningRate", text) for text in ("0", "-1", "NaN", "Infinity", "1e400", "fast", "0,03", "²", "9" * 4000)),
        *(("batchSize", text) for text in ("2.5", "ten", "1e99999", "0x10")),
        *(("activation", text) for text in ("swish", "t", "<b>", "tanh tanh")),
        *(("dataset", text) for text in ("moons", "x", "../../etc", "reg-plane")),
        ("regularization", "L"),
        ("regularizationRate", "much"),
        ("noise", "loud"),
        ("percTrainData", "half"),
        ("problem", "clustering"),
    ],
)
def test_a_value_that_cannot_be_used_falls_back_and_is_named(key: str, text: str) -> None:
    fragment = started_with(**{key: quote(text)})
    if key == "regularization":
        fragment += "&regularizationRate=0.1"
    assert read(fragment).config == read(START).config
    assert any(said.startswith(f"{key} '") and "Using " in said for said in extra(fragment))


@pytest.mark.parametrize(
    ("key", "text", "path", "nearest"),
    [
        ("percTrainData", "0", "dataset.test_fraction", 0.9),
        ("percTrainData", "100", "dataset.test_fraction", 0.05),
        ("batchSize", "0", "training.batch_size", 1),
        ("batchSize", "1000000", "training.batch_size", 10_000),
        ("learningRate", "1000", "training.learning_rate", 100.0),
        ("noise", "-5", "dataset.noise", 0.0),
        ("noise", "200", "dataset.noise", 0.29),  # the Playground shows 50 then
    ],
)
def test_a_value_outside_its_domain_becomes_the_nearest_and_is_named(
    key: str, text: str, path: str, nearest: float
) -> None:
    assert at(read(started_with(**{key: text})).config, path) == nearest
    (said,) = extra(started_with(**{key: text}))
    assert said.startswith(f"{key} '{text}'")


@pytest.mark.parametrize(
    ("misspelt", "path", "expected"),
    [
        ("learnigRate=0.3", "training.learning_rate", 0.3),
        ("learningrate=0.3", "training.learning_rate", 0.3),
        ("batchsize=5", "training.batch_size", 5),
        ("networkShap=3", "model.hidden_layers", None),
        ("regularisation=none", "model.l1", 0.0),
        ("xSquard=true", "dataset.features", ("x", "y", "x2")),
        ("problm=regression", "dataset.name", "plane"),
        ("dataset=cirlce", "dataset.name", "circles"),
        ("dataset=spirl", "dataset.name", "spirals"),
        ("dataset=SPIRAL", "dataset.name", "spirals"),
    ],
)
def test_what_is_clearly_misspelt_is_used_and_named(misspelt: str, path: str, expected: object) -> None:
    imported = read(misspelt)
    if expected is not None:
        assert at(imported.config, path) == expected
    else:
        assert [layer.units for layer in dense_layers(imported.config)] == [3]
    assert misspelt == "dataset=SPIRAL" or any("was read as" in said for said in imported.unsupported)


@pytest.mark.parametrize("key", ["Squared", "sinZ", "percTestData", "optimizer", "momentum", "z"])
def test_what_could_mean_several_things_or_none_is_named_and_left_out(key: str) -> None:
    fragment = f"{START}&{key}=true"
    assert read(fragment).config == read(START).config
    (said,) = extra(fragment)
    assert said == f"Not settings of the Playground, left out: '{key}'."


def test_a_misspelt_key_does_not_replace_one_that_is_there() -> None:
    imported = read("learningRate=0.1&learnigRate=0.3")
    assert imported.config.training.learning_rate == 0.1
    assert any("learnigRate" in said for said in imported.unsupported)


SPIRAL = started_with(dataset="spiral", networkShape="8,6", learningRate="0.1", seed="0.78279", sinX="true")

#: One experiment as people paste it.
IN_THE_WILD = {
    "https": HOST + SPIRAL,
    "http": f"http://playground.tensorflow.org/#{SPIRAL}",
    "www and no scheme": f"www.playground.tensorflow.org/#{SPIRAL}",
    "capital letters in the host": f"HTTPS://Playground.TensorFlow.org/#{SPIRAL}",
    "a query before the fragment": f"https://playground.tensorflow.org/?hl=de#{SPIRAL}",
    "the fragment": f"#{SPIRAL}",
    "the fragment without its sign": SPIRAL,
    "the sign was lost": f"https://playground.tensorflow.org/{SPIRAL}",
    "another host that runs it": f"https://lab.example/tutorials?hl=zh-cn#{SPIRAL}",
    "HTML": (HOST + SPIRAL).replace("&", "&amp;"),
    "HTML twice": (HOST + SPIRAL).replace("&", "&amp;amp;"),
    "HTML by number": (HOST + SPIRAL).replace("&", "&#38;"),
    "HTML unescaped by others": (HOST + SPIRAL).replace("&reg", "®"),
    "Markdown with backslashes": (HOST + SPIRAL).replace("&", "\\&"),
    "a Markdown link": f"See [the Playground]({HOST}{SPIRAL}), slide 9.",
    "a Markdown link of itself": f"[{HOST}{SPIRAL}]({HOST}{SPIRAL})",
    "an HTML link": f'<a href="{(HOST + SPIRAL).replace("&", "&amp;")};" target="_blank">play</a>',
    "quotation marks": f'"{HOST}{SPIRAL}"',
    "angle brackets": f"<{HOST}{SPIRAL}>",
    "backticks": f"`{HOST}{SPIRAL}`",
    "spaces around": f"  \t{HOST}{SPIRAL}\n ",
    "text after it": f"{HOST}{SPIRAL} have a look at it",
    "text on the next line": f"{HOST}{SPIRAL}\nHave a look at it",
    "the host is named before": f"playground.tensorflow.org, that is {HOST}{SPIRAL}.",
    "the end of a sentence": f"Do you know {HOST}{SPIRAL}?!",
    "a mail broke its line": (HOST + SPIRAL).replace("&seed", "\n> &seed").replace("&sinX", "\r\n&sinX"),
    "percent signs": HOST + quote(SPIRAL, safe="=&"),
    "percent signs everywhere": quote(HOST + SPIRAL, safe=""),
    "percent signs twice": quote(quote(HOST + SPIRAL, safe=""), safe=""),
    "a search engine's redirect": f"https://www.google.com/url?q={quote(HOST + SPIRAL, safe='')}&sa=D",
}


@pytest.mark.parametrize("name", IN_THE_WILD)
def test_links_found_in_the_wild_are_the_same_experiment(name: str) -> None:
    imported = import_playground(IN_THE_WILD[name])
    assert_valid(imported)
    assert imported.config == read(SPIRAL).config
    assert imported.config.dataset.features == ("x", "y", "sin_x")
    assert [said for said in imported.unsupported if "'sa'" not in said] == [*read(SPIRAL).unsupported]


def test_a_link_cut_off_anywhere_gives_what_was_left_of_it() -> None:
    whole = HOST + SPIRAL
    for end in range(len(HOST), len(whole)):
        imported = import_playground(whole[:end])
        assert_valid(imported)
        rest = whole[:end].partition("#")[2]
        if "networkShape=8,6&" in rest:
            assert [layer.units for layer in dense_layers(imported.config)] == [8, 6]
        if "learningRate=0.1&" in rest:
            assert imported.config.training.learning_rate == 0.1
        if "dataset=spiral&" in rest:
            assert imported.config.dataset.name == "spirals"


@pytest.mark.parametrize(
    "fragment",
    [
        "dataset=spiral&noi",
        "dataset=spiral&noise=",
        "dataset=spiral&networkShape",
        START.partition("&percTrainData")[0] + "&percTrainData=5",
        START.partition("&seed")[0],
    ],
)
def test_that_a_link_breaks_off_is_said(fragment: str) -> None:
    assert read(fragment).unsupported[0].startswith("The link breaks off after")


@pytest.mark.parametrize("fragment", [START, SPIRAL, "dataset=spiral", "dataset=gauss&networkShape=4&noise=25"])
def test_a_whole_or_a_short_link_does_not_break_off(fragment: str) -> None:
    assert not any("breaks off" in said for said in read(fragment).unsupported)


@pytest.mark.parametrize("link", ["playground.tensorflow.org", "https://playground.tensorflow.org/", HOST])
def test_a_link_without_settings_is_what_the_playground_starts_with(link: str) -> None:
    imported = import_playground(link)
    assert imported.config.model_copy(update={"seed": 54321}) == read(START).config
    assert imported.unsupported[0].startswith("There are no settings in this link")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "hello",
        "#",
        "&&&===",
        "https://example.com/",
        "https://example.com/#dataset",
        "http://localhost:8501/?dataset=moons&noise=0.2&layers=8-tanh&seed=1",
        "?dataset=moons&noise=0.2&seed=1",
        "<script>alert(1)</script>",
        "\x00\u202e" * 50,
        "a" * 1_000_000,
    ],
)
def test_another_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NotAPlaygroundLink, match="not a TensorFlow Playground link") as refusal:
        import_playground(text)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 300


HOSTILE = [
    HOST + "&".join(f"key{index}=1" for index in range(5000)),
    HOST + "&".join(["learnigRat=1", *(f"learnigRate{index}=1" for index in range(1000))]),
    HOST + "\n" * 10_000,
    HOST + " \n>" * 5_000 + "x=true",
    HOST + "%25" * 5_000,
    HOST + "&amp;" * 5_000,
    HOST + "networkShape=" + "8," * 5_000,
    HOST + "networkShape=" + "9" * 9_000,
    HOST + "seed=" + "\ud800" * 10,
    HOST + "seed=%00%E2%80%AE&dataset=%3Cimg%20src=x%20onerror=alert(1)%3E",
    HOST + "__class__=1&__proto__=1&_hide=true&" + "_hide" * 50 + "=true",
    HOST + "<img src=x onerror=alert(1)>_hide=true&activation=[x](http://example.invalid)",
    HOST * 400,
    "playground.tensorflow.org" * 2_000,
    HOST + START + "&" + "z" * 2_000_000,
]


@pytest.mark.parametrize("link", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_give_a_valid_experiment_at_once(link: str) -> None:
    begin = time.process_time()
    assert_valid(import_playground(link))
    assert time.process_time() - begin < 1.0


def test_a_text_that_is_too_long_is_read_as_far_as_that_and_says_so() -> None:
    imported = import_playground(HOST + SPIRAL + "&hideText=false" * MAX_LENGTH)
    assert imported.config == read(SPIRAL).config
    assert any("longer than" in said for said in imported.unsupported)


def test_many_problems_are_counted_not_listed() -> None:
    fragment = "&".join(f"{key}=%3F%3F" for key in ("activation", "batchSize", "dataset", "learningRate", "noise"))
    imported = read(fragment + "&regularization=no&percTrainData=no&problem=no&z=no")
    assert any("more things could not be used" in said for said in imported.unsupported)
    assert len(imported.unsupported) < 12


def test_a_thousand_damaged_links_are_valid_experiments() -> None:
    rng = random.Random(0)
    letters = "&=,.-0123456789abcxyzL%#;\n é"
    for _ in range(1000):
        link = list(HOST + SPIRAL)
        for _ in range(rng.randint(1, 12)):
            place = rng.randrange(len(HOST), len(link))
            link[place : place + rng.randint(0, 3)] = rng.choice(letters) * rng.randint(0, 3)
        assert_valid(import_playground("".join(link)))


@pytest.mark.parametrize("text", ["0.54321", "0.00000", "1.00000", "", "hello", "-1", "99999999999", "ü"])
def test_a_seed_is_always_the_same_whole_number(text: str) -> None:
    first, second = (read(f"seed={quote(text)}").config.seed for _ in range(2))
    assert first == second
    assert 0 <= first <= MAX_SEED


def test_other_seeds_are_other_numbers() -> None:
    seeds = [read(f"seed={text}").config.seed for text in ("0.54321", "0.54322", "0.04620", "hello", "Hello")]
    assert len(set(seeds)) == len(seeds)
