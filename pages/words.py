"""How a page words what it says, and what core says, in the language of its reader."""

from __future__ import annotations

from typing import Any

from core.words import N_, Said, word
from pages.languages import FIRST, Language, find_language
from pages.session import session

__all__ = ["N_", "_", "language", "n_", "worded"]


def language() -> Language:
    """The language of the page that is drawn."""
    return find_language(session.language or FIRST)


def _(template: str, **values: Any) -> str:
    """A sentence of a page in its language: a template and its values.

    >>> _("{n} epochs", n=3)
    '3 epochs'
    """
    return word(Said(template, values), language())


def n_(singular: str, plural: str, n: int, **values: Any) -> str:
    """As `_`, of n things.

    >>> n_("{n} epoch", "{n} epochs", 1)
    '1 epoch'
    """
    return word(Said(singular, {"n": n, **values}, plural), language())


def worded(said: Said | str) -> str:
    """What core says, in the language of the page."""
    return word(said, language())
