"""The socket of a live view: what a viewer has not seen, as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.websockets import WebSocket, WebSocketDisconnect

from core.engine.cursor import Cursor
from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import RunNotFound
from core.protocol.wire import encode
from pages.server.identity import browser_of, same_site

#: At most 20 messages a second to a viewer.
_INTERVAL = 1 / 20

#: Asking for the outputs of single rows may wait for a worker, and must not hold the threads in which runs are found.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="watching")

NOT_FOUND = 4404
NOT_ALLOWED = 4403


async def live(socket: WebSocket) -> None:
    """Stream a preview or a run: first what is missing since `?since=<epoch>`, then every change, coalesced.

    With `?outputs=1` also what the network outputs for the rows that judge it, with each picture.

    Who may not see the rows of the run's data set is shown the rest; that is asked before every message.

    Closes with 4404 where the run does not exist, and with 4403 for pages of another site; a refused handshake
    would put an error on the browser's console.
    """
    await socket.accept()
    if not same_site(socket.headers):
        await socket.close(NOT_ALLOWED)
        return
    try:
        feed = await asyncio.to_thread(get_engine().find, socket.path_params["run"])
    except RunNotFound:
        await socket.close(NOT_FOUND)
        return
    since = socket.query_params.get("since", "0")
    asks_outputs = socket.query_params.get("outputs") == "1"
    epoch = min(int(since) if since.isdecimal() and len(since) < 7 else 0, feed.epoch)
    cursor = Cursor(epoch=epoch, asks_outputs=asks_outputs)
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    unlisten = feed.listen(wake)
    sending = asyncio.create_task(_send_changes(socket, feed, cursor, changed, browser_of(socket.headers)))
    watching = loop.run_in_executor(_THREADS, get_engine().watch_outputs, feed) if asks_outputs else None
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # viewers only watch, whatever they send
    finally:
        unlisten()
        sending.cancel()
        if watching is not None:
            await asyncio.shield(_leave(watching))


async def _leave(watching: asyncio.Future[Callable[[], None]]) -> None:
    """Watch no longer, also where asking has not come to its end yet."""
    await asyncio.get_running_loop().run_in_executor(_THREADS, await watching)


async def _send_changes(
    socket: WebSocket, feed: RunFeed, cursor: Cursor, changed: asyncio.Event, browser: str | None
) -> None:
    engine = get_engine()
    try:
        while True:
            changed.clear()
            parts = feed.unseen(cursor, withheld=engine.rows_withheld(feed, browser))
            if parts:
                sent = time.monotonic()
                await socket.send_bytes(encode(parts))
                await asyncio.sleep(max(0.0, _INTERVAL - (time.monotonic() - sent)))
            await changed.wait()
    except (WebSocketDisconnect, RuntimeError):
        pass  # the viewer left
