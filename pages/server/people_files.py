"""A file of people in, the answers out as CSV. Nothing of the file is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.feed import RunFeed
from core.engine.service import get_engine, get_table_reader
from core.errors import TableRefused
from core.tables.people import MOST_MEGABYTES
from core.tables.units import in_another_unit
from core.words import Said
from pages.server.asked_people import body_of
from pages.server.identity import browser_of, same_site
from pages.server.prediction import answered, asked, predictions_of, refusal
from pages.server.saved_files import csv_file
from pages.server.wording import NotSo, refused

_NOT_OURS = Said("Only a page of this server may ask about people.")
_TOO_LARGE = Said("The file is larger than {most} MB. Keep fewer rows or columns.", {"most": MOST_MEGABYTES})


def people_file_routes() -> list[BaseRoute]:
    """The route of files of people."""
    return [Route("/descent/runs/{run}/predict.csv", predict_file, methods=["POST"])]


async def predict_file(request: Request) -> Response:
    """The answers for the people in a file, as CSV with the file's own columns first. `?name=` is the file's name.

    A missing column (422) or another unit (400) is refused with the reason; rows outside the training rows are marked.
    """
    if not same_site(request.headers):
        return refused(request, _NOT_OURS, 403)
    name = request.query_params.get("name", "people.csv")[:200]
    try:  # whose rows, before the file is read
        feed = await asyncio.to_thread(get_engine().find, request.path_params["run"])
        await asyncio.to_thread(get_engine().check_rows, feed.config, browser_of(request.headers))
        data = await body_of(request, MOST_MEGABYTES << 20, _TOO_LARGE)
        about = (await asyncio.to_thread(get_table_reader().people(data, name).result)).about
    except TableRefused as error:
        return refused(request, error, 400)
    except Exception as error:
        return refusal(request, error)
    return await answered(request, lambda feed: _answers(feed, about))


def _answers(feed: RunFeed, about: Mapping[str, Any]) -> Response:
    names, columns = about["names"], about["columns"]
    form = asked(feed, "prediction_form")
    _check_columns([each["name"] for each in form["columns"]], names)
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    if not rows:
        raise NotSo(Said("The file has no rows."), 400)
    told = predictions_of(feed, rows)
    for column in form["columns"]:
        _check_unit(column, rows, told)
    classes = form["classes"]
    header = [*names, "prediction", *(f"probability {each}" for each in classes), "outside", "missing", "spread"]
    return csv_file("answers", header, _lines(rows, told, classes))


def _check_columns(needed: list[str], given: list[str]) -> None:
    for name in needed:
        if name in given:
            continue
        unit = in_another_unit(name, given)
        missing = Said("The file has no column '{column}', which the network was trained with.", {"column": name})
        other = Said(
            "The file has '{given}' where the network was trained with '{column}'. Convert its values and rename it.",
            {"given": unit, "column": name},
        )
        raise NotSo(missing if unit is None else other, 422)


def _check_unit(column: Mapping[str, Any], rows: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
    """Where most of a column lies outside by more than the training rows' whole range, its unit is another one."""
    name = column["name"]
    far = sum(name in each["other_unit"] for each in told)
    known = [row[name] for row in rows if isinstance(row[name], int | float)]
    if known and 2 * far > len(known):
        raise NotSo(
            Said(
                "Most values of '{column}' lie far outside the training rows, which have {low:g} to {high:g}; the file "
                "has {least:g} to {most:g}. Are they in another unit? Convert them.",
                {
                    "column": name,
                    "low": column["low"],
                    "high": column["high"],
                    "least": min(known),
                    "most": max(known),
                },
            ),
            400,
        )


def _lines(rows: list[dict[str, Any]], told: list[dict[str, Any]], classes: list[str]) -> Iterator[list[Any]]:
    for row, answer in zip(rows, told, strict=True):
        chances = answer["probability"]
        prediction = answer.get("value") if chances is None else max(classes, key=lambda each: chances[each] or 0.0)
        shares = [] if chances is None else [chances[each] for each in classes]
        yield [
            *row.values(),
            prediction,
            *shares,
            "; ".join(answer["outside"]),
            "; ".join(answer["missing"]),
            answer["spread"],
        ]
