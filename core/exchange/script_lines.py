"""The lines of an exported script: how long they are, and what their comments say in a reader's language."""

from __future__ import annotations

from collections.abc import Callable

from core.words import Said, Words, word

#: Lines of the script are no longer than that, numbers of a drawing included.
WIDTH = 110

#: Says something in a language.
Say = Callable[[Said], str]


def comments_in(words: Words) -> Say:
    """Words comments in a language."""

    def say(said: Said) -> str:
        return " ".join(word(said, words).split())  # a comment is one line

    return say
