"""The part of a script that makes network inputs of the data: rows held out, inputs chosen, scaled, and typed."""

from __future__ import annotations

from core.exchange.script_lines import Say
from core.exchange.table_script import table_split, table_weights
from core.experiment.config import ExperimentConfig
from core.experiment.inputs import ENGINEERED_INPUTS
from core.words import Said, listed


def written_inputs(config: ExperimentConfig, say: Say) -> str:
    """From `points` and `target` to `x_train`, `y_train`, `x_test` …, as the network takes them."""
    dataset = config.dataset
    classes = dataset.info.task == "classification"
    held_out = (
        Said("Some rows are held out to test with, as many of each class as their share.")
        if classes
        else Said("Some rows are held out to test with.")
    )
    if dataset.prepared:
        kinds = ["train", "test", *(["validation"] if dataset.validation_fraction else [])]
        return "\n\n".join([table_split(dataset, say), *_types(classes, kinds, say), *table_weights(dataset, say)])
    parts = [
        f"""# {say(held_out)}
points_train, points_test, y_train, y_test = train_test_split(
    points, target, test_size={dataset.test_fraction!r}, random_state=SEED{", stratify=target" if classes else ""}
)""",
    ]
    kinds = ["train", "test"]
    if dataset.validation_fraction:
        kinds.append("validation")
        chosen_by = Said("Of the others, some are held out to choose by. Those to test with are only judged.")
        parts.append(f"""# {say(chosen_by)}
points_train, points_validation, y_train, y_validation = train_test_split(
    points_train, y_train, test_size={dataset.validation_fraction!r}, random_state=SEED{
            ", stratify=y_train" if classes else ""
        }
)""")
    parts.append(_inputs(config, kinds, say))
    if dataset.scaling != "none":
        scaler = {"standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}[dataset.scaling]
        scaled = (
            Said("Scaled by what the training rows show: the rows that are held out stay unseen.")
            if dataset.validation_fraction
            else Said("Scaled by what the training rows show: the test rows stay unseen.")
        )
        parts.append(f"""# {say(scaled)}
from sklearn.preprocessing import {scaler}

scaler = {scaler}().fit(x_train)
{_each("x", kinds, "scaler.transform({})")}""")
    return "\n\n".join([*parts, *_types(classes, kinds, say)])


def _types(classes: bool, kinds: list[str], say: Say) -> list[str]:
    """The last steps: inputs and targets as the network takes them."""
    x = _each("x", kinds, '{}.astype("float32")')
    if classes:
        return [x, _each("y", kinds, '{}.astype("int64")')]
    standardised = Said("The target is standardised, so that the learning rate does not depend on its unit.")
    return [
        x,
        f"""# {say(standardised)}
mean, scale = y_train.mean(), y_train.std() or 1.0
{_each("y", kinds, '(({} - mean) / scale).astype("float32")')}""",
    ]


def _each(array: str, kinds: list[str], change: str, given: str = "") -> str:
    """Do the same to the rows of each kind: x and y of two in one line, of three in three.

    Args:
        change: what becomes of `{}`.
        given: another array to begin with.
    """
    names = [f"{array}_{kind}" for kind in kinds]
    changed = [change.replace("{}", f"{given or array}_{kind}") for kind in kinds]
    if len(kinds) == 2:
        return f"{', '.join(names)} = {', '.join(changed)}"
    return "\n".join(f"{name} = {source}" for name, source in zip(names, changed, strict=True))


def _inputs(config: ExperimentConfig, kinds: list[str], say: Say) -> str:
    dataset = config.dataset
    if dataset.info.is_planar and dataset.features is not None:
        columns = ", ".join(ENGINEERED_INPUTS[name].source for name in dataset.features)
        inputs = Said("The network's inputs: {names}.", {"names": listed(dataset.features)})
        return f"""# {say(inputs)}
def inputs(points):
    x, y = points[:, 0], points[:, 1]
    return np.stack([{columns}], axis=1)


{_each("x", kinds, "inputs({})", "points")}"""
    if dataset.blocks is not None:
        kept = [block for block in dataset.info.blocks if block.name in dataset.blocks]
        used = Said("Of all kinds of data, these are the network's inputs: {names}.")
        columns = " + ".join(f"[*range({block.start}, {block.stop})]" for block in kept)
        return f"""# {say(used.filled(names=listed(Said.marked(block.title) for block in kept)))}
columns = {columns}
{_each("x", kinds, "{}[:, columns]", "points")}"""
    if dataset.features is not None:
        places = [dataset.info.feature_names.index(name) for name in dataset.features]
        chosen = Said("Of all columns, these are the network's inputs: {names}.")
        return f"""# {say(chosen.filled(names=listed(dataset.features)))}
{_each("x", kinds, f"{{}}[:, {places}]", "points")}"""
    return _each("x", kinds, "{}", "points")
