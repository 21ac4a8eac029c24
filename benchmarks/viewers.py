"""Viewers of a run, without browsers: `python -m benchmarks.viewers ADDRESS COUNT SECONDS`.

Prints `ready` when all of them have the whole picture, then the messages that each received a second, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from websockets.asyncio.client import ClientConnection, connect


async def main(address: str, count: int, seconds: float) -> None:
    """Watch with `count` viewers for `seconds`."""
    viewers = [await connect(address, max_size=None) for _ in range(count)]
    for viewer in viewers:
        await viewer.recv()
    print("ready", flush=True)
    received = await asyncio.gather(*(_count(viewer, time.monotonic() + seconds) for viewer in viewers))
    print(json.dumps([messages / seconds for messages in received]), flush=True)
    for viewer in viewers:
        await viewer.close()


async def _count(viewer: ClientConnection, until: float) -> int:
    messages = 0
    try:
        while True:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + max(0.0, until - time.monotonic())):
                await viewer.recv()
            messages += 1
    except TimeoutError:
        return messages


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
