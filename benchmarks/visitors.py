"""Browsers that open the page, played: `python -m benchmarks.visitors ADDRESS COUNT SECONDS`.

Each loads what a browser loads (addresses on standard input, one a line), six at a time, opens Streamlit's socket and
asks for the page, and watches the live view that stands on it. They come evenly over the seconds. Prints for each how
many seconds passed until it had its first picture.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

_FEED = re.compile(rb"/descent/live/preview-[\w-]+")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

#: Connections that a browser opens to one host.
_CONNECTIONS = 6


async def main(url: str, count: int, seconds: float, addresses: list[str]) -> None:
    """Let them come."""
    waits = await asyncio.gather(*(_visit(url, addresses, each * seconds / count) for each in range(count)))
    print("\n".join(f"{wait:.3f}" for wait in waits))


async def _visit(url: str, addresses: list[str], after: float) -> float:
    await asyncio.sleep(after)
    started = time.monotonic()
    await _load(url, [url])
    await asyncio.gather(*(_load(url, addresses[each::_CONNECTIONS]) for each in range(_CONNECTIONS)))
    sockets, origin = url.replace("http", "ws", 1), Origin(url)
    streamlit = [Subprotocol("streamlit")]
    async with connect(f"{sockets}/_stcore/stream", subprotocols=streamlit, max_size=None, origin=origin) as page:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        await page.send(ask.SerializeToString())
        feed = None
        while feed is None:
            feed = _FEED.search(await page.recv(decode=False))
        async with connect(f"{sockets}{feed[0].decode()}", max_size=None, origin=origin) as live:
            while b'"map"' not in await live.recv(decode=False):
                pass
    return time.monotonic() - started


async def _load(url: str, addresses: list[str]) -> None:
    """Ask for one after the other on one connection. No library: thirty of them would be what is measured."""
    host = urlsplit(url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    for address in addresses:
        path = address.removeprefix(url) or "/"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host.netloc}\r\nAccept-Encoding: identity\r\n\r\n".encode())
        length = _LENGTH.search(await reader.readuntil(b"\r\n\r\n"))
        assert length is not None, f"{path} has no length"
        await reader.readexactly(int(length[1]))
    writer.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdin.read().split()))
