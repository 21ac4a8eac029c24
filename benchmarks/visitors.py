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

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

_FEED = re.compile(rb"/descent/live/preview-[\w-]+")


async def main(url: str, count: int, seconds: float, addresses: list[str]) -> None:
    """Let them come."""
    waits = await asyncio.gather(*(_visit(url, addresses, each * seconds / count) for each in range(count)))
    print("\n".join(f"{wait:.3f}" for wait in waits))


async def _visit(url: str, addresses: list[str], after: float) -> float:
    await asyncio.sleep(after)
    started = time.monotonic()
    limits = httpx.Limits(max_connections=6)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        (await client.get(url)).raise_for_status()
        await asyncio.gather(*(client.get(address) for address in addresses))
        sockets = url.replace("http", "ws", 1)
        async with connect(
            f"{sockets}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None, origin=Origin(url)
        ) as page:
            ask = BackMsg()
            ask.rerun_script.query_string = ""
            await page.send(ask.SerializeToString())
            feed = None
            while feed is None:
                message = await page.recv()
                feed = _FEED.search(message if isinstance(message, bytes) else message.encode())
            async with connect(f"{sockets}{feed[0].decode()}", max_size=None, origin=Origin(url)) as live:
                while b'"map"' not in await live.recv(decode=False):
                    pass
        return time.monotonic() - started


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdin.read().split()))
