"""What core has to say to people: a sentence and its values apart, to be worded in the reader's language.

Core never translates. It gives a `Said`; pages and the browser word it (`pages/words.py`, `pages/frontend/words`), so
that two people who watch one run read two languages. As text a `Said` is English: in logs, notebooks, CSV and JSON.
"""

from __future__ import annotations

import json
import math
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Words(Protocol):
    """A language."""

    def gettext(self, message: str, /) -> str:
        """A template in this language."""

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """The template for n things in this language."""

    def number(self, value: float, spec: str, /) -> str:
        """A number as `format(value, spec)`, with this language's signs."""


@dataclass(frozen=True)
class Said:
    """A sentence, or a part of one.

    >>> str(Said("Epoch {epoch} was not recorded.", {"epoch": 5}))
    'Epoch 5 was not recorded.'
    >>> str(Said.counted("{n:,} row", "{n:,} rows", {"n": 1200}))
    '1,200 rows'

    Attributes:
        template: English, with names in braces as `str.format` takes them; `{reason:clause}` is a sentence as a part of
            another, without its full stop. Tools find it (`docs/translating.md`), so it is always written out where a
            `Said` is made.
        values: by name: numbers, texts that are the same in every language, or what is `Said` itself.
        plural: the template where the value `n` is not 1; None where nothing is counted.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None

    @classmethod
    def counted(cls, singular: str, plural: str, values: Mapping[str, Any]) -> Said:
        """Something of which there are `values["n"]`."""
        return cls(singular, values, plural)

    @classmethod
    def marked(cls, text: str) -> Said:
        """A text that was marked with `N_` where it stands: a title of a registry, a class of a data set.

        >>> str(Said.marked("Circles")), str(Said.marked("{x}"))
        ('Circles', '{x}')
        """
        return cls.exactly(text) if "{" in text or "}" in text else cls(text)

    @classmethod
    def exactly(cls, text: str) -> Said:
        """A text that is the same in every language: a name, somebody's own words, a library's message.

        >>> str(Said.exactly("{x}"))
        '{x}'
        """
        return cls("{text}", {"text": text})

    def filled(self, **values: Any) -> Said:
        """The same with further values, or others.

        >>> str(Said("Epoch {epoch} was not recorded.").filled(epoch=5))
        'Epoch 5 was not recorded.'
        """
        return Said(self.template, {**self.values, **values}, self.plural)

    def __str__(self) -> str:
        return word(self, ENGLISH)

    def __hash__(self) -> int:
        return hash((self.template, self.plural))  # the values are a dictionary

    def to_json(self) -> dict[str, Any]:
        """As the browser takes it (`worded` in `pages/frontend/words`); what is no finite number travels as text."""
        values = {name: _plain(value) for name, value in self.values.items()}
        return {"said": self.template, "values": values, **({"plural": self.plural} if self.plural else {})}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Said:
        """What `to_json` gave; also the English text that earlier versions wrote instead.

        >>> said = Said("{what} failed.", {"what": Said("The run")})
        >>> Said.from_json(said.to_json()) == said
        True
        """
        if isinstance(data, str):
            return cls.exactly(data)
        values = {name: _from_plain(value) for name, value in data.get("values", {}).items()}
        return cls(data["said"], values, data.get("plural"))

    def to_record(self) -> str:
        """One text, to be stored."""
        return json.dumps(self.to_json(), ensure_ascii=False)

    @classmethod
    def from_record(cls, text: str) -> Said:
        """What `to_record` gave; also the English sentence that earlier versions stored."""
        if text.startswith('{"said": '):
            try:
                return cls.from_json(json.loads(text))
            except (ValueError, AttributeError):  # somebody's text that begins like that
                pass
        return cls.exactly(text)


def word(said: Said | str, words: Words) -> str:
    """A sentence in a language. A text stays what it is."""
    if isinstance(said, str):
        return said
    if said.plural is None:
        template = words.gettext(said.template)
    else:
        template = words.ngettext(said.template, said.plural, said.values["n"])
    return _Formatter(words).vformat(template, (), said.values)


def N_(text: str) -> str:  # noqa: N802 — gettext's own name for it
    """Mark a text as one that will be translated where it is shown: a title in a registry, a preset's name.

    >>> N_("Circles")
    'Circles'
    """
    return text


def sentences(parts: Iterable[Said]) -> Said:
    """One after the other.

    >>> str(sentences([Said("It failed."), Said("Try again.")]))
    'It failed. Try again.'
    """
    return _joined(parts, Said("{before} {after}"))


def listed(parts: Iterable[Said | str]) -> Said:
    """With commas.

    >>> str(listed(["one", "two", "three"]))
    'one, two, three'
    """
    return _joined(parts, Said("{before}, {after}"))


def alternatives(parts: Sequence[Said | str]) -> Said:
    """Of which one may be chosen.

    >>> str(alternatives(["sgd", "adam", "nadam"]))
    'sgd, adam or nadam'
    """
    if len(parts) < 2:
        return listed(parts)
    return Said("{before} or {after}", {"before": listed(parts[:-1]), "after": parts[-1]})


def _joined(parts: Iterable[Said | str], joint: Said) -> Said:
    said = [part if isinstance(part, Said) else Said.exactly(part) for part in parts]
    if len(said) < 2:
        return said[0] if said else Said.exactly("")
    middle = len(said) // 2  # in halves, so that a long list is not nested as deeply as it is long
    return joint.filled(before=_joined(said[:middle], joint), after=_joined(said[middle:], joint))


class _Formatter(string.Formatter):
    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float):
            return self._words.number(value, format_spec)
        text = word(value, self._words) if isinstance(value, Said) else str(value)
        return text.rstrip(_STOPS) if format_spec == "clause" else text


class _English:
    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return singular if n == 1 else plural

    def number(self, value: float, spec: str, /) -> str:
        return format(value, spec)


#: What core's sentences are written in.
ENGLISH: Words = _English()

#: What a sentence ends with, in our languages.
_STOPS = ".。"


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.to_json() if isinstance(value, Said) else value


def _from_plain(value: Any) -> Any:
    return Said.from_json(value) if isinstance(value, Mapping) else value
