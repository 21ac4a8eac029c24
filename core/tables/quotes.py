"""The quotes of a delimited text, looked at before it is read: whether they need a slower reader."""

from __future__ import annotations

#: Bytes whose quotes are looked at together.
_CHUNK = 8 << 20


def quotes_are_plain(body: bytes, delimiter: str) -> bool:
    """Whether every quoted cell begins behind a delimiter or line end, ends before one, and has no \\r in it."""
    import numpy as np

    if b'"' not in body:
        return True
    if not delimiter.isascii():
        return False
    signs = np.frombuffer(body, np.uint8)
    edge = np.zeros(256, bool)
    edge[[ord(delimiter), 10, 13]] = True
    open_, previous = 0, -2
    for start in range(0, len(body), _CHUNK):
        part = signs[start : start + _CHUNK]
        at = np.flatnonzero(part == 34) + start
        returns = np.flatnonzero(part == 13) + start
        if len(returns) and ((np.searchsorted(at, returns) + open_) % 2).any():
            return False
        if not len(at):
            continue
        parity = (np.arange(len(at)) + open_) % 2
        before, after = at[parity == 0], at[parity == 1]
        is_second = np.concatenate(([previous], at[:-1]))[parity == 0] == before - 1
        if not (is_second | (before == 0) | edge[signs[before - 1]]).all():
            return False
        following = signs[np.minimum(after + 1, len(body) - 1)]
        if not ((after == len(body) - 1) | edge[following] | (following == 34)).all():
            return False
        open_, previous = (open_ + len(at)) % 2, int(at[-1])
    return open_ == 0
