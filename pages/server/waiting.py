"""Waiting for something that ends elsewhere, without holding a thread: those of the downloads are few."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def ends_within(
    seconds: float, *, listen: Callable[[Callable[[], None]], Callable[[], None]], has_ended: Callable[[], bool]
) -> bool:
    """Wait for an end.

    Args:
        listen: has a function called after every change, from any thread, and returns what ends that.

    Returns:
        Whether it came in time.
    """
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def look() -> None:
        if has_ended() and not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    unlisten = listen(look)
    look()
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        pass
    finally:
        unlisten()
    return has_ended()
