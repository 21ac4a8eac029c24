"""Details of a run that its live view fetches when they are looked at: curves, recorded epochs, slow motion, rows.

What every viewer is sent is the socket's (`live_socket`).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import SnapshotNotKept
from core.protocol.row_outputs import TEST, VALIDATION
from core.protocol.wire import Part, encode
from core.runtime.plain_json import plain_json
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_run import answered
from pages.server.identity import browser_of
from pages.server.wording import NotSo, refused


def run_detail_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/history.bin`, `moments/<epoch>`, `slow-motion.json`, `missing-kinds.json` and `rows.bin`."""
    return [
        Route("/descent/runs/{run}/history.bin", curves),
        Route("/descent/runs/{run}/moments/{epoch:int}", snapshot),
        Route("/descent/runs/{run}/slow-motion.json", slow_motion),
        Route("/descent/runs/{run}/missing-kinds.json", missing_kinds),
        Route("/descent/runs/{run}/rows.bin", rows),
    ]


async def curves(request: Request) -> Response:
    """Every epoch's logs of a run, as the live view reads them: for the curves of a run that others branched off."""
    return await answered(request, _curves, tells_rows=False)


async def snapshot(request: Request) -> Response:
    """The picture of a recorded epoch, as the live view reads it."""
    epoch, browser = request.path_params["epoch"], browser_of(request.headers)
    return await answered(request, lambda feed: _snapshot(feed, epoch, browser), tells_rows=False)


async def slow_motion(request: Request) -> Response:
    """One mini-batch in slow motion: `?epoch=` (the last one where left out), `batch=` and `sample=`, from 0."""
    asked = {name: request.query_params.get(name) for name in ("epoch", "batch", "sample")}
    if any(text is not None and not (text.isdecimal() and len(text) < 7) for text in asked.values()):
        return refused(request, Said("Expected whole numbers for epoch, batch and sample."), 400)
    numbers = {name: int(text) for name, text in asked.items() if text is not None}
    return await answered(request, lambda feed: _slow_motion(feed, numbers))


async def missing_kinds(request: Request) -> Response:
    """For whom the network still works when a kind of data is missing: `?epoch=`, the last one where left out."""
    text = request.query_params.get("epoch")
    if text is not None and not (text.isdecimal() and len(text) < 7):
        return refused(request, Said("Expected a whole number for epoch."), 400)
    wanted = None if text is None else int(text)
    return await answered(request, lambda feed: _missing_kinds(feed, wanted), tells_rows=False)


async def rows(request: Request) -> Response:
    """The rows that judge a run, in the units of their source: `?rows=test` or `validation`. For who may see them."""
    kind = request.query_params.get("rows", TEST)
    if kind not in {TEST, VALIDATION}:
        return refused(request, Said("Expected rows=test or rows=validation."), 400)
    return await answered(request, lambda feed: _raw_rows(feed, kind))


def _curves(feed: RunFeed) -> Response:
    logs = feed.history()
    return _binary(Part({"history": {"first_epoch": 1}}, {"history": logs.copy()}))


def _snapshot(feed: RunFeed, epoch: int, browser: str | None) -> Response:
    try:
        return _binary(get_engine().depict(feed.id, epoch, browser=browser))
    except SnapshotNotKept as error:
        raise NotSo(error, 404) from None


def _slow_motion(feed: RunFeed, numbers: dict[str, int]) -> Response:
    try:
        return as_json(plain_json(get_engine().dissect(feed.id, **numbers)))
    except SnapshotNotKept as error:
        raise NotSo(error, 404) from None


def _missing_kinds(feed: RunFeed, epoch: int | None) -> Response:
    if len(feed.config.dataset.input_blocks) < 2:
        raise NotSo(Said("This network gets one kind of data only."), 400)
    try:
        return as_json(plain_json(get_engine().missing_kinds(feed.id, epoch=epoch)))
    except SnapshotNotKept as error:
        raise NotSo(error, 409) from None


def _raw_rows(feed: RunFeed, kind: str) -> Response:
    try:
        return _binary(get_engine().raw_rows(feed.id, kind))
    except SnapshotNotKept as error:
        raise NotSo(error, 409) from None


def _binary(part: Part) -> Response:
    return Response(encode([part]), media_type="application/octet-stream", headers={"cache-control": "no-store"})
