"""Which epochs of a run are kept for looking back: every one at first, then ever fewer, within a memory limit.

Decided by the epoch's number alone, so that a rerun keeps the same ones.
"""

from __future__ import annotations

#: Bytes of states that one run may keep.
LIMIT = 8_000_000

#: Most epochs kept each time that their number doubles. More would cut the fused calls of a fast run short too often:
#: 20 cost the article's example a seventh of its speed (`python -m benchmarks living`).
_DENSEST = 10


def is_recorded(epoch: int, per_doubling: int) -> bool:
    """Whether the state after `epoch` epochs is kept: all up to four times `per_doubling`, then so many per doubling.

    >>> [epoch for epoch in range(40) if is_recorded(epoch, 2)]
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32]
    """
    return epoch == 0 or (per_doubling > 0 and epoch % _stride(epoch, per_doubling) == 0)


def until_recorded(epoch: int, per_doubling: int) -> int | None:
    """Epochs from `epoch` on to the next that is kept, None where none is.

    >>> until_recorded(8, 2)
    4
    """
    if per_doubling < 1:
        return None
    stride = _stride(epoch + 1, per_doubling)
    return stride - epoch % stride


def recording_density(epochs: int, size: int, limit: int = LIMIT) -> int:
    """Epochs to keep per doubling, so that a run stays within the limit; 0 where one state is too much.

    Args:
        epochs: of the whole run.
        size: bytes of one state.

    >>> recording_density(100, 30_000), recording_density(10_000, 100_000)
    (10, 5)
    """
    density = _DENSEST
    while density and size * _count(epochs, density) > limit:
        density //= 2
    return density


def _stride(epoch: int, per_doubling: int) -> int:
    doublings = (epoch // per_doubling).bit_length() - 1
    return 1 << doublings if doublings > 1 else 1


def _count(epochs: int, per_doubling: int) -> int:
    count, epoch = 2, 0  # the start, and the end, which is always kept
    while (epoch := epoch + (until_recorded(epoch, per_doubling) or epochs)) <= epochs:
        count += 1
    return count
