"""Tables over HTTP: for their owner, for whoever they are shared with, and for nobody else."""

from __future__ import annotations

import csv
import io
import json
import secrets
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.engine.service import get_table_reader
from core.tables import open_tables, read_table
from core.tables.process import embedding_name, profile_name
from core.tables.profile import profile_of
from pages.server import table_profile
from tests.pages.browsing import as_browser

TEXT = "age;sex;ill;note\n" + "".join(
    f"{20 + row},5;{'male' if row % 3 else 'female'};{'yes' if row % 2 else 'no'};{'=1+1' if row == 3 else 'x'}\n"
    for row in range(60)
)


@pytest.fixture
def owner() -> str:
    return secrets.token_urlsafe(16)


@pytest.fixture
def content(client: TestClient, owner: str) -> str:
    """A table of its own for each test, read and described by the test's own hand."""
    text = f"{TEXT}99,5;male;yes;{secrets.token_hex(4)}\n"
    table = read_table(text.encode(), "ward 7.csv")
    content = open_tables().add(table, owner=owner, title="Ward 7 患者.csv")
    told = profile_of(table).to_json()
    open_tables().keep_beside(content, profile_name(None), json.dumps(told).encode())
    return content


def get(client: TestClient, path: str, owner: str, **headers: str) -> Any:
    return client.get(f"/descent/tables/{path}", headers={**as_browser(owner), **headers})


PATHS = [".csv", "/profile.json", "/rows.json?rows=1", "/points.json?x=0&y=1", "/embedding.json"]


@pytest.mark.parametrize("path", PATHS)
def test_others_see_nothing_until_it_is_shared(client: TestClient, content: str, owner: str, path: str) -> None:
    for stranger in (as_browser("somebody else"), {"cookie": ""}):
        answer = client.get(f"/descent/tables/{content}{path}", headers=stranger)
        assert (answer.status_code, answer.text) == (
            403,
            "This table belongs to another browser, which has not shared it.",
        )
    open_tables().share(content, True, owner=owner)
    shared = get(client, f"{content}{path}", "somebody else")
    # Only its owner has anything made of it.
    assert shared.status_code == (403 if path == "/embedding.json" else 200)
    open_tables().share(content, False, owner=owner)
    assert get(client, f"{content}{path}", "somebody else").status_code == 403
    open_tables().delete(content, owner=owner)
    gone = get(client, f"{content}{path}", owner)
    assert gone.status_code == 404
    assert "Bring it again" in gone.text


@pytest.mark.parametrize("name", ["csv-" + "0" * 32, "csv-..", "nothing", "%2e%2e"])
@pytest.mark.parametrize("path", ["", "/profile.json"])
def test_what_is_no_table_is_not_found(client: TestClient, owner: str, name: str, path: str) -> None:
    assert get(client, f"{name}{path or '.csv'}", owner).status_code == 404


def test_a_profile_that_is_known_is_not_sent_again(client: TestClient, content: str, owner: str) -> None:
    first = get(client, f"{content}/profile.json", owner)
    assert (first.status_code, first.json()["rows"]) == (200, 61)
    assert first.headers["cache-control"] == "no-cache"
    again = get(client, f"{content}/profile.json", owner, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    foreign = get(client, f"{content}/profile.json", "else", **{"if-none-match": first.headers["etag"]})
    assert foreign.status_code == 403


def test_a_profile_by_classes_is_made_when_its_owner_asks(client: TestClient, content: str, owner: str) -> None:
    open_tables().share(content, True, owner=owner)
    stranger = get(client, f"{content}/profile.json?target=2", "somebody else")
    assert (stranger.status_code, "only the browser that brought the table" in stranger.text) == (403, True)
    for _ in range(200):  # each waits half a second for it
        answer = get(client, f"{content}/profile.json?target=2", owner)
        if answer.status_code != 202:
            break
        assert 0 <= answer.json()["share"] <= 1
    assert answer.status_code == 200
    assert answer.json()["classes"] == [["no", 30], ["yes", 31]]
    assert get(client, f"{content}/profile.json?target=2", "somebody else").status_code == 200


@pytest.mark.parametrize("target", ["4", "-1", "x", "99999"])
def test_a_target_that_is_no_column_is_refused(client: TestClient, content: str, owner: str, target: str) -> None:
    answer = get(client, f"{content}/profile.json?target={target}", owner)
    assert (answer.status_code, answer.text) == (400, "The table has no such column.")


def test_rows_come_as_they_were_read(client: TestClient, content: str, owner: str) -> None:
    answer = get(client, f"{content}/rows.json?rows=4,1", owner)
    assert answer.json() == {
        "columns": ["age", "sex", "ill", "note"],
        "rows": [
            {"row": 4, "cells": [23.5, "female", "yes", "=1+1"]},
            {"row": 1, "cells": [20.5, "female", "no", "x"]},
        ],
    }
    again = get(client, f"{content}/rows.json?rows=4,1", owner, **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("rows", ["", "0", "62", "1,,2", "-1", "1.5", "1" * 30, ",".join(["1"] * 201)])
def test_rows_that_are_none_are_refused_in_words(client: TestClient, content: str, owner: str, rows: str) -> None:
    answer = get(client, f"{content}/rows.json?rows={rows}", owner)
    assert answer.status_code == 400
    assert answer.text == "Expected rows=1,2,3: 1 to 200 numbers of rows, from 1 to 61."


def test_two_columns_come_with_the_classes(client: TestClient, content: str, owner: str) -> None:
    told = get(client, f"{content}/points.json?x=0&y=1&target=2", owner).json()
    assert told["rows"] == list(range(1, 62))
    assert told["x"] == {"values": [*(20.5 + np.arange(60)).tolist(), 99.5], "levels": None}
    assert told["y"]["levels"] == ["female", "male"]
    assert told["y"]["values"][:4] == [0, 1, 1, 0]
    assert told["classes"][:3] == [0, 1, 0]
    assert get(client, f"{content}/points.json?x=0", owner).status_code == 400


def test_the_table_is_saved_under_its_title_and_nothing_in_it_is_calculated(
    client: TestClient, content: str, owner: str
) -> None:
    answer = get(client, f"{content}.csv", owner)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "filename*=UTF-8''Ward%207%20%E6%82%A3%E8%80%85.csv" in answer.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert (len(lines), lines[0], lines[4]) == (62, ["age", "sex", "ill", "note"], ["23.5", "female", "yes", "'=1+1"])


def test_a_refusal_speaks_the_language_of_who_asks(client: TestClient, content: str) -> None:
    answer = get(client, f"{content}.csv?lang=zh", "somebody else")
    assert answer.status_code == 403
    assert answer.text != ""


def test_only_its_owner_and_a_page_of_ours_end_a_layout(
    client: TestClient, content: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    key = (get_table_reader(), content, embedding_name(2))
    monkeypatch.setitem(table_profile._making, key, SimpleNamespace(cancel=lambda: ended.append(content)))

    def cancel(browser: str, origin: str = "http://localhost:8501") -> int:
        address = f"/descent/tables/{content}/embedding/cancel?target=2"
        headers = {"host": "localhost:8501", "origin": origin, **as_browser(browser)}
        return client.post(address, headers=headers).status_code

    assert (cancel("somebody else"), cancel(owner, "http://elsewhere.invalid")) == (403, 403)
    open_tables().share(content, True, owner=owner)
    assert cancel("somebody else") == 403
    assert ended == []
    assert (cancel(owner), ended) == (204, [content])
    del table_profile._making[key]
    assert cancel(owner) == 204


def test_a_profile_with_corrected_kinds_is_another_one(client: TestClient, content: str, owner: str) -> None:
    path = f"{content}/profile.json?target=2&kinds=1:text"
    answer = get(client, path, owner)
    while answer.status_code == 202:
        answer = get(client, path, owner)
    assert answer.json()["columns"][1]["kind"] == "text"
    assert get(client, f"{content}/profile.json", owner).json()["columns"][1]["kind"] == "category"
    assert get(client, f"{content}/points.json?x=0&y=1&kinds=1:text", owner).status_code == 200
    refused = get(client, f"{content}/profile.json?kinds=0:date", owner)
    assert (refused.status_code, "cannot be read as 'date'" in refused.text) == (400, True)
    assert get(client, path, "somebody else").status_code == 403
