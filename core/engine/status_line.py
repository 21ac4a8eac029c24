"""The one line that viewers read of a run: what is said of its state, of what happened to it, and of the disk."""

from __future__ import annotations

from typing import Any

from core.words import Said, sentences


class StatusLine:
    """Words the line, and keeps it for as long as the same is to be said: it goes with every epoch."""

    def __init__(self) -> None:
        self._to_say: tuple[bool, Said | None, Said | None, Said | None] = (False, None, None, None)
        self._as_said: tuple[dict[str, Any] | None, str] = (None, "info")

    def of(
        self, failed: bool, message: Said | None, note: Said | None, trouble: Said | None
    ) -> tuple[dict[str, Any] | None, str]:
        """The line as JSON, and its tone: info, warning or error.

        Args:
            failed: the run failed; the message says why, and nothing else counts.
            message: about the state.
            note: about something that happened to the run; shown where there is no message.
            trouble: why what is trained cannot be saved at the moment; shown after the message.
        """
        to_say = (failed, message, note, trouble)
        if to_say != self._to_say:
            said, tone = _one_line(*to_say)
            self._to_say, self._as_said = to_say, (None if said is None else said.to_json(), tone)
        return self._as_said


def _one_line(failed: bool, message: Said | None, note: Said | None, trouble: Said | None) -> tuple[Said | None, str]:
    if failed:
        return message, "error"
    said = message if message is not None else note
    if trouble is not None:
        return sentences([said, trouble] if said is not None else [trouble]), "warning"
    return said, "info"
