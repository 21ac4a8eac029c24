"""Pictures of a network in training: what a viewer is sent once, and with every frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.datasets import Dataset
from core.evaluation import (
    RESOLUTION,
    Plane,
    baseline,
    class_probabilities,
    confusion_matrix,
    predicted_classes,
)
from core.experiment.config import ExperimentConfig
from core.experiment.losses import LOSSES
from core.protocol.wire import Part
from core.words import Said
from core.worker.network_picture import describe_network

#: Points of a map, and of predicted against actual.
MOST_DRAWN = 5_000

#: Pixels of a picture that can be chosen as axes, one by one.
_MOST_PIXELS = 100


def describe(config: ExperimentConfig, dataset: Dataset, *, run: str, log_names: tuple[str, ...]) -> Part:
    """What stays the same during a run: what is said as JSON of a `Said`, names as texts."""
    output = config.output
    reference = baseline(dataset, output)
    info: dict[str, Any] = {
        "channel": run,
        "title": title_of(config).to_json(),
        "task": dataset.task,
        "class_names": list(dataset.class_names),
        "target_name": dataset.target_name,
        "train_rows": len(dataset.x_train),
        "test_rows": len(dataset.x_test),
        **({"validation_rows": len(dataset.x_validation)} if dataset.has_validation_rows else {}),
        "parameters": config.parameters,
        "epochs": config.training.epochs,
        "log_names": list(log_names),
        "loss_name": loss_name_of(config).to_json(),
        "penalised": config.model.has_penalty,
        "baseline": {
            "loss": reference.loss,
            "metric": reference.metric,
            "label": reference.label.to_json(),
            "loss_label": _without_penalty(reference.loss_label, config).to_json(),
            "reason": None if reference.reason is None else reference.reason.to_json(),
        },
        "network": describe_network(config, dataset),
        "scales": {"loss": _loss_scale(output.loss, dataset), "metric": dataset.target_scale},
    }
    if len(dataset.blocks) > 1:
        info["kinds"] = len(dataset.blocks)
    return Part({"info": info})


def _without_penalty(label: Said, config: ExperimentConfig) -> Said:
    """A constant model needs no weights: its penalty is 0, and the curves' is not."""
    return Said("{baseline}, no penalty", {"baseline": label}) if config.model.has_penalty else label


def loss_name_of(config: ExperimentConfig) -> Said:
    """What the loss that is trained and shown is made of: Keras adds the penalty on large weights to it."""
    loss = Said.marked(LOSSES[config.output.loss].curve)
    return Said("{loss} + penalty", {"loss": loss}) if config.model.has_penalty else loss


def title_of(config: ExperimentConfig) -> Said:
    """A run in a few words: data set and layers."""
    layers = "-".join([*(layer.title for layer in config.model.hidden_layers), str(config.output.units)])
    return Said("{dataset} · {layers}", {"dataset": Said.marked(config.dataset.info.title), "layers": layers})


def draw_plane(dataset: Dataset, plane: Plane) -> Part:
    """The plane of the map with the points on it: training (`points_test` 0), validation (2) and test (1)."""
    kinds = (plane.train_points, plane.validation_points, plane.test_points)
    points = np.concatenate(kinds)
    target = np.concatenate([dataset.y_train, dataset.y_validation, dataset.y_test])
    if dataset.task == "regression":
        target = dataset.in_own_units(target)
    kind = np.repeat(np.array([0, 2, 1], np.uint8), [len(rows) for rows in kinds])
    drawn = drawn_rows(points)
    points, target, kind = points[drawn], target[drawn], kind[drawn]
    offered = offered_axes(dataset)
    names = [dataset.raw_feature_names[place] for place in offered] if len(offered) > 2 else []
    some = len(names) and len(offered) < len(dataset.raw_feature_names)
    return Part(
        {
            "view": {
                "kind": plane.kind,
                "x": plane.x,
                "y": plane.y,
                "x_label": plane.x_label.to_json() if isinstance(plane.x_label, Said) else plane.x_label,
                "y_label": plane.y_label.to_json() if isinstance(plane.y_label, Said) else plane.y_label,
                "x_range": list(plane.x_range),
                "y_range": list(plane.y_range),
                "note": _note(plane.note, len(drawn), sum(map(len, kinds))),
                "feature_names": names,
                **({"feature_places": offered} if some else {}),
            }
        },
        {
            "points_x": points[:, 0].astype(np.float32),
            "points_y": points[:, 1].astype(np.float32),
            "points_target": target.astype(np.float32),
            "points_test": kind,
        },
    )


def drawn_rows(points: np.ndarray) -> np.ndarray:
    """Which rows are drawn, by their places among the points of all, (rows, 2): where a value is missing in this plane,
    there is nothing to draw; of very many points some stand for all.
    """
    has_place = np.flatnonzero(np.isfinite(points).all(axis=1))
    return has_place[chosen_of(len(has_place))]


def offered_axes(dataset: Dataset) -> list[int]:
    """The raw columns that can be chosen as axes: all, but for the pixels of a picture beside a table or of many."""
    everything = list(range(len(dataset.raw_feature_names)))
    if not dataset.blocks:
        return everything
    tables = [block for block in dataset.blocks if not block.is_picture]
    if not tables:
        return everything if len(everything) <= _MOST_PIXELS else []
    names = [name for block in tables for name in dataset.feature_names[block.columns]]
    return [dataset.raw_feature_names.index(name) for name in names]


def chosen_of(rows: int) -> np.ndarray:
    """Which of so many rows are drawn: all, or `MOST_DRAWN` that are drawn by lot, always the same ones."""
    if rows <= MOST_DRAWN:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, MOST_DRAWN, replace=False))


def _note(note: Said | None, drawn: int, rows: int) -> dict[str, Any] | None:
    """What the plane leaves out, and that not all points are drawn."""
    if drawn == rows:
        return None if note is None else note.to_json()
    some = Said("{drawn:,} of {rows:,} points are drawn", {"drawn": drawn, "rows": rows})
    return (some if note is None else Said("{note}; {some}", {"note": note, "some": some})).to_json()


def draw_frame(
    config: ExperimentConfig,
    dataset: Dataset,
    *,
    epoch: int,
    grid_outputs: np.ndarray,
    test_outputs: np.ndarray,
) -> Part:
    """One epoch's picture.

    Args:
        grid_outputs: (RESOLUTION², units), the network's outputs on the plane's grid.
        test_outputs: (test rows, units).
    """
    frame: dict[str, Any] = {"epoch": epoch, "map": {"rows": RESOLUTION, "columns": RESOLUTION}}
    square = (RESOLUTION, RESOLUTION)
    if dataset.task == "regression":
        targets = dataset.in_own_units(np.concatenate([dataset.y_train, dataset.y_validation, dataset.y_test]))
        low, high = float(targets.min()), float(targets.max())
        heights = dataset.in_own_units(grid_outputs[:, 0])
        chosen = chosen_of(len(dataset.y_test))
        share = np.nan_to_num((heights - low) / ((high - low) or 1.0))
        frame["map"]["range"] = [low, high]
        return Part(
            {"frame": frame},
            {
                "map_value": np.round(np.clip(share, 0.0, 1.0) * 255).astype(np.uint8).reshape(square),
                "predicted": dataset.in_own_units(test_outputs[chosen, 0]).astype(np.float32),
                "actual": dataset.in_own_units(dataset.y_test[chosen]).astype(np.float32),
            },
        )
    probabilities = class_probabilities(grid_outputs, config.output)
    # The lead over the second class: 0 on every boundary, so that the picture of it is smooth.
    ranked = np.partition(probabilities, -2, axis=1)
    confidence = np.clip(ranked[:, -1] - ranked[:, -2], 0.0, 1.0)
    predicted = predicted_classes(class_probabilities(test_outputs, config.output))
    frame["confusion"] = confusion_matrix(dataset.y_test, predicted, dataset.n_classes).tolist()
    return Part(
        {"frame": frame},
        {
            "map_class": predicted_classes(probabilities).astype(np.uint8).reshape(square),
            "map_confidence": np.round(confidence * 255).astype(np.uint8).reshape(square),
        },
    )


def tabulate_predictions(config: ExperimentConfig, dataset: Dataset, test_outputs: np.ndarray) -> dict[str, list[Any]]:
    """The test rows' predictions as columns: what is, what the network predicts and, of classes, how surely."""
    if dataset.task == "regression":
        return {
            "actual": dataset.in_own_units(dataset.y_test).tolist(),
            "predicted": dataset.in_own_units(test_outputs[:, 0]).tolist(),
        }
    probabilities = class_probabilities(test_outputs, config.output)
    names = dataset.class_names
    return {
        "actual": [names[index] for index in dataset.y_test],
        "predicted": [names[index] for index in predicted_classes(probabilities)],
        **{f"probability_{name}": probabilities[:, index].tolist() for index, name in enumerate(names)},
    }


def _loss_scale(loss: str, dataset: Dataset) -> float:
    """Factor from a loss of standardised targets to one in the target's own units; 1 where there is none."""
    if dataset.task != "regression":
        return 1.0
    return dataset.target_scale ** LOSSES[loss].unit_power
