"""All that is told of people whom somebody asks about, as JSON: the form, single rows, answers, what would change them.

Names of columns and classes are those of the source, values stand in its units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.evaluation import event_of
from core.experiment.columns import labels
from core.experiment.config import ExperimentConfig
from core.prediction.answers import Answers, Predict, answers_of, values_of
from core.prediction.columns import AskedColumn, asked_columns, written_row
from core.prediction.contributions import contributions_of
from core.prediction.counterfactual import Wish, counterfactual_in_pieces
from core.prediction.encoder import Encoder
from core.prediction.members import Members
from core.prediction.neighbours import Neighbourhood
from core.prediction.reading import read_people
from core.prediction.response import response_curve
from core.runtime.pieces import Pieces, finished
from core.training import Trainer
from core.words import Said

#: Columns whose contributions are told: those of a picture are not.
_MOST_COLUMNS = 200

#: Nearest training rows that are told.
_NEIGHBOURS = 5

#: Levels of a column that tells groups apart.
_MOST_LEVELS = 500

Kind = str
KINDS: tuple[Kind, ...] = ("test", "validation", "train")

_NO_SEEDS = Said("The ten seeds have not been trained.")


@dataclass(frozen=True)
class People:
    """Whom a network can be asked about, prepared once for all questions on one configuration."""

    config: ExperimentConfig
    dataset: Dataset
    columns: tuple[AskedColumn, ...]
    encoder: Encoder
    neighbourhood: Neighbourhood
    event: int

    @classmethod
    def of(cls, config: ExperimentConfig, dataset: Dataset) -> People:
        """Prepare what every question needs."""
        columns = asked_columns(config, dataset)
        event = event_of(config) if dataset.n_classes else 0
        neighbourhood = Neighbourhood.of(dataset.x_train)
        return cls(config, dataset, columns, Encoder(config, dataset, columns), neighbourhood, event)

    def form(self) -> dict[str, Any]:
        """What is asked of a person, and how many rows there are to begin with."""
        dataset = self.dataset
        block = next((each for each in self.config.dataset.info.blocks if each.is_picture), None)
        return {
            "task": dataset.task,
            "target": dataset.target_name,
            "classes": list(dataset.class_names),
            "event": self.event,
            "columns": [{**asdict(each), "typical": each.written(_or_nan(each.typical))} for each in self.columns],
            "rows": {kind: len(self._raw(kind)) for kind in KINDS},
            "picture": None if block is None else list(block.shape),
            "groups": self._groups(),
        }

    def row(self, kind: Kind, row: int) -> dict[str, Any]:
        """A row of the data set as somebody would type it, and what is known of its answer.

        Raises:
            WrongValue: there is no such row.
        """
        raw = self._raw(kind)
        if not 0 <= row < len(raw):
            raise WrongValue(
                Said(
                    "There is no row {row} among the {kind} rows. Expected 0 to {last}.",
                    {"row": row, "kind": kind, "last": max(len(raw) - 1, 0)},
                )
            )
        return {
            "kind": kind,
            "row": row,
            "values": written_row(self.columns, raw[row]),
            "actual": self._actual(kind, row),
        }

    def predictions(
        self, trainer: Trainer, rows: Sequence[Mapping[str, Any]], members: Members | None = None, *, first: int = 1
    ) -> list[dict[str, Any]]:
        """The answers for people.

        Args:
            first: the number of the first of them, for what is said of single rows.

        Raises:
            MissingColumn, WrongValue: see `read_people`.
        """
        raw = self._read(rows, first)
        answers = self._answers(trainer.predict, raw)
        of_members = None
        if members is not None:
            outputs = members.outputs(trainer, self.encoder.rows(raw))
            of_members = np.stack([values_of(each, self.dataset, self.config.output) for each in outputs])
        return [self._told(answers, place, of_members) for place in range(len(raw))]

    def person(self, trainer: Trainer, row: Mapping[str, Any], members: Members | None = None) -> dict[str, Any]:
        """All of one person: the answer, the nearest training rows, what each value adds."""
        raw = self._read([row])
        (told,) = self.predictions(trainer, [row], members)
        inputs = self.encoder.rows(raw)[0]
        near, distances = self.neighbourhood.nearest(inputs, _NEIGHBOURS)
        told["nearest"] = [
            {**self.row("train", int(number)), "distance": float(distance)}
            for number, distance in zip(near, distances, strict=True)
        ]
        told["usual_distance"] = _finite(self.neighbourhood.usual)
        told["far_from_all"] = bool(len(distances)) and self.neighbourhood.is_far(float(distances[0]))
        shown = [each for each in self.columns if not each.pixel][:_MOST_COLUMNS]
        added = contributions_of(self.encoder, shown, self.dataset, self.config.output, trainer.predict, raw[0])
        told["contributions"] = [
            {"name": each.name, "typical": each.written(_or_nan(each.typical)), "values": _list(values)}
            for each, values in zip(shown, added, strict=True)
        ]
        return told

    def response(
        self, trainer: Trainer, row: Mapping[str, Any], column: str, members: Members | None = None
    ) -> dict[str, Any]:
        """The answer over the values of one column: see `response_curve`.

        Raises:
            WrongValue: the network does not see such a column.
        """
        asked = self._column(column)
        raw = self._read([row])[0]
        curve = response_curve(self.encoder, asked, self.dataset, self.config.output, [trainer.predict], raw)
        seeds: list[np.ndarray] = []
        own = values_of(trainer.predict(self.encoder.rows(raw[None])), self.dataset, self.config.output)
        about = self._about(own[0])
        if members is not None:
            rows = np.tile(raw, (len(curve.values), 1))
            rows[:, asked.place] = curve.values
            outputs = members.outputs(trainer, self.encoder.rows(rows))
            seeds = [values_of(each, self.dataset, self.config.output)[:, about] for each in outputs]
        return {
            "column": column,
            "about": about,
            "values": [asked.written(value) for value in curve.values],
            "answers": [_list(each) for each in curve.answers[0]],
            "seeds": [_list(each) for each in seeds],
        }

    def counterfactual(self, *asked: Any) -> dict[str, Any] | None:
        """As `counterfactual_in_pieces`, at once."""
        return finished(self.counterfactual_in_pieces(*asked))

    def counterfactual_in_pieces(
        self,
        trainer: Trainer,
        row: Mapping[str, Any],
        locked: Sequence[str],
        wish: Wish,
    ) -> Pieces[dict[str, Any] | None]:
        """The nearest person who is answered as wished, looked for in pieces; None where none was found.

        Raises:
            WrongValue: a locked column that the network does not see.
        """
        for name in locked:
            self._column(name)
        raw = self._read([row])[0]
        find = partial(
            counterfactual_in_pieces, self.encoder, self.columns, self.dataset, self.config.output, trainer.predict
        )
        found = yield from find(self.neighbourhood, raw, wish, locked=locked)
        if found is None:
            return None
        changed = [each for each in self.columns if each.place in found.changed]
        return {
            "values": written_row(self.columns, found.raw),
            "changes": [
                {"name": each.name, "from": each.written(raw[each.place]), "to": each.written(found.raw[each.place])}
                for each in changed
            ],
            **self._answer(found.values),
            "distance": found.distance,
            "usual_distance": _finite(self.neighbourhood.usual),
            "far": found.is_far,
        }

    def _groups(self) -> list[dict[str, Any]]:
        """Columns of a table that are no inputs and tell groups apart: hospitals, wards, people."""
        table = self.config.dataset.table
        if table is None:
            return []
        from core.tables import open_tables
        from core.tables.vectors import codes_of

        kept, found = open_tables().get(table.content), []
        for place, (name, column) in enumerate(zip(labels(table.columns), table.columns, strict=True)):
            if column.role not in {"group", "ignored"} or column.kind == "date":
                continue
            levels = codes_of(kept, place).levels
            if 1 < len(levels) <= _MOST_LEVELS:
                found.append({"name": name, "levels": list(levels)})
        return found

    def _read(self, rows: Sequence[Mapping[str, Any]], first: int = 1) -> np.ndarray:
        return read_people(self.columns, rows, self.dataset.raw_train.shape[1], first=first)

    def _answers(self, predict: Predict, raw: np.ndarray) -> Answers:
        return answers_of(self.columns, self.dataset, self.config.output, predict, raw)

    def _told(self, answers: Answers, place: int, of_members: np.ndarray | None) -> dict[str, Any]:
        told = {
            **self._answer(answers.values[place]),
            "about": self._about(answers.values[place]),
            "outside": list(answers.outside[place]),
            "other_unit": list(answers.far[place]),
            "missing": list(answers.filled[place]),
            "spread": None,
            "seeds": None,
        }
        if of_members is not None:
            seeds = of_members[:, place, told["about"]]
            told["spread"], told["seeds"] = _finite(float(seeds.std(ddof=1))), _list(seeds)
        else:
            told["reason"] = str(_NO_SEEDS)
        return told

    def _about(self, values: np.ndarray) -> int:
        """The class that spread, curves and contributions are about: the event, of more than two classes without one
        the likeliest; 0 for a number.
        """
        event = self.config.dataset.info.event
        if len(values) > 2 and event not in self.dataset.class_names:
            return int(np.argmax(values))
        return self.event

    def _answer(self, values: np.ndarray) -> dict[str, Any]:
        if self.dataset.task == "regression":
            return {"value": _finite(float(values[0])), "probability": None}
        return {"probability": dict(zip(self.dataset.class_names, _list(values), strict=True))}

    def _actual(self, kind: Kind, row: int) -> Any:
        target = getattr(self.dataset, f"y_{kind}")[row]
        if self.dataset.task == "regression":
            return _finite(float(self.dataset.in_own_units(np.array([target]))[0]))
        return self.dataset.class_names[int(target)]

    def _raw(self, kind: Kind) -> np.ndarray:
        rows: np.ndarray = getattr(self.dataset, f"raw_{kind}")
        return rows

    def _column(self, name: str) -> AskedColumn:
        for column in self.columns:
            if column.name == name:
                return column
        raise WrongValue(Said("The network does not see a column '{name}'.", {"name": name[:80]}))


def _list(values: np.ndarray) -> list[float | None]:
    return [_finite(float(value)) for value in values]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
