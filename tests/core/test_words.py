"""What core says: worded in any language, as English text, as JSON and as a record."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from core.store import RunStore
from core.words import Said, alternatives, listed, sentences, word


class Backwards:
    """A language whose words are English ones backwards, with another sign in large numbers, and no plural."""

    def gettext(self, message: str, /) -> str:
        return {
            "{what} failed.": ".deliaf {what}",
            "The run": "nur ehT",
            "{before}, {after}": "{after} ,{before}",
        }.get(message, message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return {"{n:,} row": "wor {n:,}"}.get(singular, plural)

    def number(self, value: float, spec: str, /) -> str:
        return format(value, spec).replace(",", "'")


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (Said("Ready."), "Ready."),
        (
            Said("{rate:g} and {share:.0%} of {rows:,}", {"rate": 1e-7, "share": 0.125, "rows": 12345}),
            "1e-07 and 12% of 12,345",
        ),
        (Said.counted("{n:,} row", "{n:,} rows", {"n": 1}), "1 row"),
        (Said.counted("{n:,} row", "{n:,} rows", {"n": 0}), "0 rows"),
        (Said.counted("{n:,} row", "{n:,} rows", {"n": 1200}), "1,200 rows"),
        (Said("{what} failed.", {"what": Said("The run")}), "The run failed."),
        (Said("{what} failed.", {"what": "{x} %s"}), "{x} %s failed."),
        (Said("a {{brace}}"), "a {brace}"),
        (Said.exactly("{what} failed: 100 %"), "{what} failed: 100 %"),
        (Said.marked("Circles"), "Circles"),
        (Said.marked("{x}"), "{x}"),
        (
            Said("It was not used ({why:clause}).", {"why": Said("There is no row.")}),
            "It was not used (There is no row).",
        ),
        (Said("Epoch {epoch}").filled(epoch=3), "Epoch 3"),
        (sentences([Said("One."), Said("Two."), Said("Three.")]), "One. Two. Three."),
        (listed(["a", Said("b"), "c"]), "a, b, c"),
        (listed([]), ""),
        (listed(map(str, range(500))), ", ".join(map(str, range(500)))),
        (alternatives(["a"]), "a"),
        (alternatives(["a", "b", "c"]), "a, b or c"),
    ],
)
def test_as_text_it_is_english_and_json_and_records_keep_it(said: Said, english: str) -> None:
    assert str(said) == f"{said}" == english
    assert Said.from_json(json.loads(json.dumps(said.to_json()))) == said
    assert Said.from_record(said.to_record()) == said
    assert str(Said.from_record(said.to_record())) == english


def test_a_language_words_every_part_and_every_number() -> None:
    said = Said(
        "{what} failed.", {"what": listed([Said("The run"), Said.counted("{n:,} row", "{n:,} rows", {"n": 1200})])}
    )
    assert word(said, Backwards()) == ".deliaf wor 1'200 ,nur ehT"
    assert str(said) == "The run, 1,200 rows failed."
    assert word("as it is", Backwards()) == "as it is"


def test_a_full_stop_of_any_language_ends_no_clause() -> None:
    said = Said("({why:clause})", {"why": Said.exactly("没有行。")})
    assert word(said, Backwards()) == "(没有行)"


@pytest.mark.parametrize(
    "text", ["The run was stopped.", "", '{"said": ', '{"said": 3', '{"said": "x", "values": [1]}', "{x}"]
)
def test_a_sentence_that_was_stored_before_stays_what_it_is(text: str) -> None:
    assert str(Said.from_record(text)) == text
    assert str(Said.from_json(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_finite_number_travels_as_text(value: float) -> None:
    said = Said("The learning rate is {rate:g}.", {"rate": value})
    again: dict[str, Any] = json.loads(json.dumps(said.to_json(), allow_nan=False))
    assert str(Said.from_json(again)) == str(said) == f"The learning rate is {value:g}."


def test_equal_words_are_one_in_a_set() -> None:
    assert len({Said("{n}", {"n": 1}), Said("{n}", {"n": 1}), Said("{n}", {"n": 2})}) == 2


def test_a_message_of_an_earlier_version_opens_and_a_new_one_is_kept_whole(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    made = store.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
    said = Said("Epoch {epoch:,} was last.", {"epoch": 1200})
    store.update(made.id, message=said)
    found = store.get(made.id)
    assert found is not None
    assert found.message == said
    store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("UPDATE runs SET message = 'Stopped: a newer run was started.'")
    database.close()
    again = RunStore(tmp_path).get(made.id)
    assert again is not None
    assert str(again.message) == "Stopped: a newer run was started."
