"""What is written in a film that is drawn. Whoever asks for it words it in the reader's language."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from core.words import N_


class FilmWords(BaseModel):
    """English, where nothing else is said.

    Attributes:
        title, loss: of the run; the run's own in English where they are None.
        lacking: is written where a sign is in none of the fonts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: str = N_("epoch {epoch:,}")
    training: str = N_("training")
    test: str = N_("test")
    validation: str = N_("validation")
    lacking: str = N_("□: a character that this font lacks")
    title: str | None = None
    loss: str | None = None
