"""A link with a mistake in it: every key is read to its value, or named. Nothing is lost without a word."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from core import import_playground
from core.errors import NotAPlaygroundLink
from core.exchange.playground_link import read_link
from core.words import Said

HOST = "https://playground.tensorflow.org/#"

#: Every key with a value that the Playground does not start with: text, and what it means.
FULL: dict[str, tuple[str, Any]] = {
    "activation": ("sigmoid", "sigmoid"),
    "regularization": ("L2", "L2"),
    "batchSize": ("24", 24),
    "dataset": ("spiral", "spiral"),
    "regDataset": ("reg-gauss", "reg-gauss"),  # of no use in a classification, but read
    "learningRate": ("0.1", 0.1),
    "regularizationRate": ("0.003", 0.003),
    "noise": ("25", 25.0),
    "networkShape": ("8,6,3", [8, 6, 3]),
    "seed": ("0.78279", 78279),
    "showTestData": ("true", True),
    "discretize": ("true", True),
    "percTrainData": ("70", 70.0),
    "x": ("false", False),
    "y": ("false", False),
    "xTimesY": ("true", True),
    "xSquared": ("true", True),
    "ySquared": ("true", True),
    "cosX": ("true", True),
    "sinX": ("true", True),
    "cosY": ("true", True),
    "sinY": ("true", True),
    "collectStats": ("true", True),
    "problem": ("classification", "classification"),
    "initZero": ("true", True),
    "hideText": ("true", True),
}
KEYS = list(FULL)
PAIRS = {key: f"{key}={text}" for key, (text, _) in FULL.items()}


def link_with(key: str, pair: str, *, joint: str = "&") -> str:
    """The full link with another text in the place of a key's pair, and another sign before it."""
    parts: list[str] = []
    for each in KEYS:
        parts += ["" if not parts else joint if each == key else "&", pair if each == key else PAIRS[each]]
    return HOST + "".join(parts)


def assert_nothing_is_lost(link: str) -> None:
    problems: list[Said] = []
    values, _ = read_link(link, problems)
    said = " ".join(map(str, problems))
    lost = [key for key, (_, meant) in FULL.items() if values[key] != meant and key not in said]
    assert not lost, f"{lost} of {link}: {problems}"
    imported = import_playground(link)  # and what a user is shown names them, too, however many there are
    shown = " ".join(imported.unsupported)
    assert not [key for key, (_, meant) in FULL.items() if values[key] != meant and key not in shown]
    assert all(sentence.isprintable() and len(sentence) < 300 for sentence in imported.unsupported)


def test_the_full_link_is_read_without_a_word() -> None:
    problems: list[Said] = []
    values, _ = read_link(link_with("", ""), problems)
    assert problems == []
    assert {key: values[key] for key in KEYS} == {key: meant for key, (_, meant) in FULL.items()}


#: What happens to a pair: its text, and what stands before it.
MISTAKES: dict[str, Callable[[str, str], str]] = {
    "white space before the key": lambda key, text: f" {key}={text}",
    "white space before the sign": lambda key, text: f"{key} ={text}",
    "white space after the sign": lambda key, text: f"{key}= {text}",
    "white space around the sign": lambda key, text: f"{key} = {text}",
    "white space after the value": lambda key, text: f"{key}={text} ",
    "a line break after the sign": lambda key, text: f"{key}=\n{text}",
    "a tab before the key": lambda key, text: f"\t{key}={text}",
    "white space that does not break": lambda key, text: f"\u00a0{key}=\u00a0{text}",
    "white space within the value": lambda key, text: f"{key}={text[:1]} {text[1:]}",
    "white space within the key": lambda key, text: f"{key[: len(key) // 2]} {key[len(key) // 2 :]}={text}",
    "white space by percent": lambda key, text: f"%20{key}%20=%20{text}%20",
    "white space by plus": lambda key, text: f"{key}=+{text}+",
    "two signs": lambda key, text: f"{key}=={text}",
    "three signs": lambda key, text: f"{key}==={text}",
    "a sign by percent": lambda key, text: f"{key}%3D{text}",
    "a sign by percent twice": lambda key, text: f"{key}%253D{text}",
    "a colon": lambda key, text: f"{key}:{text}",
    "full width": lambda key, text: f"{key}\uff1d{text}",
    "full-width letters": lambda key, text: "".join(
        chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in f"{key}={text}"
    ),
    "a full stop": lambda key, text: f"{key}={text}.",
    "a comma": lambda key, text: f"{key}={text},",
    "an ideographic comma": lambda key, text: f"{key}={text}\u3001",
    "a semicolon": lambda key, text: f"{key}={text};",
    "an exclamation": lambda key, text: f"{key}={text}!",
    "quotation marks": lambda key, text: f'{key}="{text}"',
    "brackets": lambda key, text: f"{key}=[{text}]",
    "round brackets": lambda key, text: f"({key}={text})",
    "curly brackets": lambda key, text: f"{key}={{{text}}}",
    "a number with a comma": lambda key, text: f"{key}={text.replace('.', ',')}",
    "a percent sign": lambda key, text: f"{key}={text}%25",
    "half a percent sign": lambda key, text: f"{key}={text}%2",
    "invisible characters": lambda key, text: f"{key}\u200b={text}\u200b",
    "no value": lambda key, text: f"{key}=",
    "no sign and no value": lambda key, text: key,
    "another value": lambda key, text: f"{key}=nonsense",
    "a huge value": lambda key, text: f"{key}={text}99999999999999999999999999",
    "a negative value": lambda key, text: f"{key}=-{text}",
    "small letters": lambda key, text: f"{key.lower()}={text.lower()}",
    "capital letters": lambda key, text: f"{key.upper()}={text.upper()}",
    "a letter twice": lambda key, text: f"{key}{key[-1]}={text}",
    "twice": lambda key, text: f"{key}={text}&{key}={text}",
    "an unknown key before": lambda key, text: f"nobody=1&{key}={text}",
    "an unknown word before": lambda key, text: f"nobody&{key}={text}",
    "a sign without a key before": lambda key, text: f"=&{key}={text}",
    "two & before": lambda key, text: f"&{key}={text}",
    "HTML": lambda key, text: f"amp;{key}={text}",
}

#: That is how the Playground writes that there is no hidden layer.
NO_LAYERS = ("no value", "networkShape")

#: What may stand in the place of the & before a pair.
JOINTS = {
    "nothing": "",
    "a space": " ",
    "a space and &": " & ",
    "a comma": ",",
    "a comma and a space": ", ",
    "a line break": "\n",
    "a semicolon": ";",
    "full width": "\uff06",
    "by percent": "%26",
    "a plus": "+",
    "a slash": "/",
    "a stroke": "|",
    "HTML": "&amp;",
    "two": "&&",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_after_a_mistake_in_any_pair_nothing_is_lost(name: str) -> None:
    for key in KEYS:
        if (name, key) == NO_LAYERS:
            continue
        assert_nothing_is_lost(link_with(key, MISTAKES[name](key, FULL[key][0])))


@pytest.mark.parametrize("name", JOINTS)
def test_after_another_sign_before_any_pair_nothing_is_lost(name: str) -> None:
    for key in KEYS[1:]:
        assert_nothing_is_lost(link_with(key, PAIRS[key], joint=JOINTS[name]))


@pytest.mark.parametrize("name", JOINTS)
def test_another_sign_before_all_pairs_loses_nothing(name: str) -> None:
    assert_nothing_is_lost(HOST + JOINTS[name].join(PAIRS.values()))


def test_several_mistakes_at_once_lose_nothing() -> None:
    rng = random.Random(0)
    for _ in range(400):
        parts: list[str] = []
        for key in KEYS:
            pair = PAIRS[key]
            if rng.random() < 0.15:
                name = rng.choice([name for name in MISTAKES if (name, key) != NO_LAYERS])
                pair = MISTAKES[name](key, FULL[key][0])
            parts += [rng.choice(list(JOINTS.values())) if rng.random() < 0.1 else "&", pair]
        assert_nothing_is_lost(HOST + "".join(parts[1:]))


def test_without_the_address_nothing_is_lost_either() -> None:
    for name in ("white space before the key", "white space around the sign", "two signs", "full width"):
        for key in KEYS:
            assert_nothing_is_lost(link_with(key, MISTAKES[name](key, FULL[key][0])).removeprefix(HOST))


@pytest.mark.parametrize(
    ("fragment", "key", "value"),
    [
        ("networkShape=4, 2&seed=0.5", "networkShape", [4, 2]),
        ("networkShape=8 6 3&noise=5", "networkShape", [8, 6, 3]),
        ("learningRate=0,1&noise=5", "learningRate", 0.1),
        ("batchSize=1,000&noise=5", "batchSize", 1000),
        ("noise=2 5&batchSize=3", "noise", 25.0),
        ("seed=0,54321&noise=5", "seed", 54321),
        ("batch Size=5&noise=5", "batchSize", 5),
        ("dataset = spiral & noise = 5", "dataset", "spiral"),
        ("activation=tanhbatchSize=5", "batchSize", 5),
        ("x=falsey=true", "x", False),
    ],
)
def test_what_is_meant_is_read(fragment: str, key: str, value: object) -> None:
    assert read_link(HOST + fragment, [])[0][key] == value


@pytest.mark.parametrize(
    "pattern", ["x=true ", "noise=5 ", "noise=", "x=true\n", "&x=true ", " 1", "xtruey=", "seed=1 a "]
)
@pytest.mark.parametrize("begin", ["", HOST, f"{HOST}seed="])
def test_a_long_text_of_mistakes_is_read_at_once(pattern: str, begin: str) -> None:
    start = time.process_time()
    with contextlib.suppress(NotAPlaygroundLink):
        import_playground(begin + pattern * 5_000)
    assert time.process_time() - start < 3.0  # measured: 0.6 s at most


@pytest.mark.parametrize(
    "after", [" have a look", ", slide 9.", " 3 of us like it", ' and then y=mx+b, "x" is the input', "!"]
)
def test_a_sentence_after_the_link_is_no_part_of_it(after: str) -> None:
    problems: list[Said] = []
    values, _ = read_link(link_with("", "") + after, problems)
    assert problems == []
    assert {key: values[key] for key in KEYS} == {key: meant for key, (_, meant) in FULL.items()}
