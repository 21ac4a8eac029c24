"""Tasks that wait, and whose turn it is: one owner after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from core.engine.task import Task


class TaskQueue:
    """The tasks that wait. Not safe to use from several threads: `Tasks` holds its lock."""

    def __init__(self) -> None:
        self._waiting: list[Task] = []
        #: When each owner was served last: the higher, the later.
        self._served: dict[str, int] = {}
        self._turns = count(1)

    def __iter__(self) -> Iterator[Task]:
        """The tasks, in the order in which they came."""
        return iter(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def waiting_of(self, owner: str) -> int:
        """How many tasks of an owner wait."""
        return sum(task.owner == owner for task in self._waiting)

    def add(self, task: Task) -> None:
        """Have a task wait."""
        self._waiting.append(task)

    def remove(self, task: Task) -> None:
        """Have a task wait no longer."""
        self._waiting.remove(task)

    def take(self) -> Task:
        """Take the task whose turn it is."""
        task = self._order()[0]
        self._waiting.remove(task)
        self._served[task.owner] = next(self._turns)
        return task

    def tell_places(self) -> None:
        """Tell each task its place, from 1, where it has changed."""
        for position, task in enumerate(self._order(), start=1):
            if task.position != position:
                task.change(position=position)

    def _order(self) -> list[Task]:
        """The tasks in the order in which they are begun: first who was not served for longest."""
        waiting, order, served = list(self._waiting), [], dict(self._served)
        latest = max(served.values(), default=0)
        while waiting:
            task = min(waiting, key=lambda task: served.get(task.owner, 0))  # the oldest of equals
            waiting.remove(task)
            order.append(task)
            latest += 1
            served[task.owner] = latest
        return order
