"""An explanation of a run's network that takes longer than a worker has between two turns."""

from __future__ import annotations

from collections.abc import Generator

from pydantic import Field

from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said


class ExplanationOptions(TaskOptions):
    """What is explained; see `core.explanation.explain`."""

    method: str
    row: int | None = Field(None, ge=0)
    feature: str | None = None
    positive: int | None = Field(None, ge=0)


def _work(context: Context, options: ExplanationOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.explanation.explain import told
    from core.runtime.plain_json import plain_json

    explaining = told(context.trainer(context.epoch), **options.model_dump())
    while True:
        try:
            done = next(explaining)
        except StopIteration as end:
            return plain_json(end.value).encode()
        yield Progress(done, Said("explaining"))


KIND = Kind(options=ExplanationOptions, work=_work)
