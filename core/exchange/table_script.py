"""The part of a script that makes inputs of somebody's own table.

What it says of splits and steps is the source of the functions that do it here, without their docstrings and types, and
scikit-learn's own words for its steps, so it cannot say anything else.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from core.datasets import balance, grouped
from core.exchange.script_lines import Say
from core.experiment.columns import OF_LEVELS, ColumnConfig, labels
from core.experiment.dataset import DatasetConfig
from core.experiment.preparation import FENCE, drops_rows
from core.experiment.table import TableConfig
from core.tables.numbers import as_number
from core.words import Said


def as_table(dataset: DatasetConfig) -> DatasetConfig:
    """A table of the catalogue, such as the clinic, as if its file had been brought; every other data set as it is."""
    info = dataset.info
    if dataset.table is not None or not info.columns or info.rows is None or info.class_names is None:
        return dataset
    target = ColumnConfig(
        name=info.target_name, kind="category", role="target", categories=info.class_names, counts=info.class_rows
    )
    table = TableConfig(
        content="csv-" + 32 * "0",
        title=f"{info.name}.csv",
        rows=info.rows,
        columns=(*info.columns, target),
        task=info.task,
    )
    return dataset.model_copy(update={"table": table})


def file_of(dataset: DatasetConfig, ending: str = "csv") -> str:
    """What the table is called beside the script: its title, as a name that every system takes."""
    assert dataset.table is not None
    stem = re.sub(r"[^\w.-]+", "_", re.sub(r"\.\w{1,8}$", "", dataset.table.title)).strip("._") or "table"
    return f"{stem[:60]}.{ending}"


def picture_data(dataset: DatasetConfig, say: Say) -> str:
    """From the file of pictures to `points` (rows, pixels) and `target`."""
    file = Said("The pictures as Descent read them: download them from the Data page, and put them beside this script.")
    grey = Said("Pixels row by row, from 0 (black) to 1.")
    return f"""# {say(file)}
file = np.load({file_of(dataset, "npz")!r})
# {say(grey)}
points, target = file["pictures"].reshape(len(file["pictures"]), -1) / 255.0, file["labels"]"""


def table_data(dataset: DatasetConfig, say: Say) -> str:
    """From the file to `points` (rows, columns) and `target`."""
    table = dataset.table
    assert table is not None
    names = labels(table.columns)
    columns = {
        label: (column.kind, list(column.categories))
        for label, column in zip(names, table.columns, strict=True)
        if column.role == "input"
    }
    target = names[table.columns.index(table.target)]
    kind = (table.target.kind, list(table.target.categories))
    drops = [list(columns)[place] for place in drops_rows(dataset.info.columns, dataset.preparation)]
    file = Said("The table as Descent read it: download it from the Data page, and put it beside this script.")
    numbers = Said("Every column as numbers: dates as days since 1970, levels as their place in the list.")
    known = Said("Rows without a target teach nothing.")
    dropped = Said("Rows with a missing value in these columns are dropped.")
    special = {role: names[place] for role in ("group", "time") if (place := table.place_of(role)) is not None}
    parts = [
        f"""# {say(file)}
import re

import pandas as pd

table = pd.read_csv({file_of(dataset)!r}, dtype=str, keep_default_na=False)


{_source(as_number)}


# {say(numbers)}
def numbers(name, kind, levels):
    cells = table[name].str.replace(r"^'(?=[=+@-])", "", regex=True)
    if kind == "date":
        days = pd.to_datetime(cells.where(cells != ""), format="ISO8601") - pd.Timestamp("1970-01-01")
        return (days / pd.Timedelta("1D")).to_numpy(dtype=np.float64)
    if kind in {tuple(sorted(OF_LEVELS))!r}:
        place = {{level: float(index) for index, level in enumerate(levels)}}
        unknown = np.nan if kind == "yes_no" else float(len(levels))
        return np.array([np.nan if cell == "" else place.get(cell, unknown) for cell in cells])
    return np.array([np.nan if cell == "" else as_number(cell) for cell in cells])


COLUMNS = {_literal(columns)}
points = np.column_stack([numbers(name, *how) for name, how in COLUMNS.items()])
target = numbers({target!r}, *{kind!r})""",
        f"# {say(known)}\nkept = np.isfinite(target)" + (f" & (target < {len(kind[1])})" if kind[1] else ""),
    ]
    if drops:
        parts.append(f"""# {say(dropped)}
for name in {drops!r}:
    kept &= ~np.isnan(points[:, list(COLUMNS).index(name)])""")
    if dataset.split_by == "group":
        parts.append(f"groups = pd.factorize(table[{special['group']!r}])[0][kept]")
    if dataset.split_by == "time":
        column = table.columns[names.index(special["time"])]
        if column.kind in {"number", "date"}:
            parts.append(f"time = np.nan_to_num(numbers({special['time']!r}, {column.kind!r}, []), nan=-np.inf)[kept]")
        else:
            parts.append(
                f"time = table[{special['time']!r}].map({{cell: rank for rank, cell in "
                f"enumerate(sorted(set(table[{special['time']!r}])))}}).to_numpy(dtype=np.float64)[kept]"
            )
    parts.append("points, target = points[kept], target[kept]" + (".astype(int)" if kind[1] else ""))
    return "\n\n".join(parts)


def table_split(dataset: DatasetConfig, say: Say) -> str:
    """From `points` and `target` to the rows of each side as the network takes them, not yet of their last type."""
    is_classes = dataset.info.task == "classification"
    by = dataset.split_by
    kinds = ["train", "test", *(["validation"] if dataset.validation_fraction else [])]
    parts = []
    if by == "random":
        held_out = Said("Some rows are held out, drawn by lot.")
        stratify = ", stratify=target[rows]" if is_classes else ""
        split = f"train_test_split(rows, test_size=fraction, random_state=SEED{stratify})"
        parts.append(f"# {say(held_out)}\ndef split(rows, fraction):\n    return {split}")
    elif by == "group":
        whole = Said("Whole groups are held out: what belongs together stays together.")
        parts.append(f"# {say(whole)}")
        parts.append(_source(grouped.split_off_groups, _MOST_STRATIFIED_GROUPS=grouped._MOST_STRATIFIED_GROUPS))
        parts.append(_source(grouped._folds))
        classes = "target[rows]" if is_classes else "None"
        parts.append(f"""def split(rows, fraction):
    kept, held_out = split_off_groups(groups[rows], {classes}, fraction, SEED)
    return rows[kept], rows[held_out]""")
    else:
        latest = Said("The latest rows are held out: the future is not known in the past.")
        parts.append(f"# {say(latest)}")
        parts.append("import math\n\n\n" + _source(grouped.split_off_latest))
        parts.append("""def split(rows, fraction):
    kept, held_out = split_off_latest(time[rows], fraction)
    return rows[kept], rows[held_out]""")
    lines = [f"train, test = split(np.arange(len(target)), {dataset.test_fraction!r})"]
    if dataset.validation_fraction:
        lines.append(f"train, validation = split(train, {dataset.validation_fraction!r})")
    parts.append("\n".join(lines))
    parts.append(_steps(dataset, say))
    parts.append("\n".join(f"x_{kind}, y_{kind} = prepare.transform(points[{kind}]), target[{kind}]" for kind in kinds))
    return "\n\n\n".join(parts[:-3]) + "\n\n\n" + "\n\n".join(parts[-3:])


def table_weights(dataset: DatasetConfig, say: Say) -> list[str]:
    """How much each training row counts, where rare classes count more: from `y_train`."""
    if not dataset.weighs_classes:
        return []
    weighed = Said("A row counts more the rarer its class is: all classes count as much.")
    return [
        f"""# {say(weighed)}
from sklearn.utils.class_weight import compute_sample_weight

weights_train = compute_sample_weight("balanced", y_train).astype("float32")"""
    ]


def _steps(dataset: DatasetConfig, say: Say) -> str:
    from core.preparation import inputs_of, steps

    preparation = dataset.preparation
    written = _constructed(inputs_of(dataset.prepared))
    names = sorted(set(re.findall(r"\b([A-Z]\w+)\(", written)))
    parts = []
    outliers = [column.place for column in dataset.prepared if column.outliers == "drop"]
    if outliers or "FenceClipper" in names:
        parts.append(f"FENCE = {FENCE!r}\n\n\n{_source(steps.fences)}")
    if outliers:
        far_out = Said("Training rows with a value that is far out are dropped.")
        parts.append(f"""# {say(far_out)}
values = points[train][:, {outliers!r}]
low, high = fences(values)
train = train[~((values < low) | (values > high)).any(axis=1)]""")
    own = [name for name in names if hasattr(steps, name)]
    if own:
        parts.append("from sklearn.base import BaseEstimator, TransformerMixin")
        parts += ["\n" + _source(getattr(steps, name)) for name in own]
    imports = "\n".join(f"from {_home(name)} import {name}" for name in names if name not in own)
    fitted = Said("The steps are fitted on the training rows: the rows that are held out stay unseen.")
    parts.append(f"""{imports}


def in_order(x, order):
    return np.asarray(x, dtype=np.float64)[:, order]


nan = np.nan
# {say(fitted)}
prepare = {written}
prepare.fit(points[train])""")
    if preparation is not None and preparation.balance in {"oversample", "undersample"}:
        balanced = Said("The training rows are drawn until all classes are as frequent.")
        parts.append(f"# {say(balanced)}\n{_source(balance.balanced)}")
        parts.append(f"\ntrain = balanced(train, target, {preparation.balance!r}, SEED)")
    return "\n\n".join(parts)


def _constructed(value: Any) -> str:
    """The call that makes a step of scikit-learn, with what is not at its default. Its own `repr` cuts lists at 30.

    >>> from sklearn.impute import SimpleImputer
    >>> _constructed([("fill", SimpleImputer(strategy="median"))])
    "[('fill', SimpleImputer(strategy='median'))]"
    """
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_constructed(each) for each in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_constructed(each)}" for key, each in value.items()) + "}"
    if inspect.isfunction(value):
        return value.__name__.lstrip("_")
    if not hasattr(value, "get_params"):
        return repr(value)
    usual = {name: parameter.default for name, parameter in inspect.signature(type(value)).parameters.items()}
    given = {name: each for name, each in value.get_params(deep=False).items() if repr(each) != repr(usual[name])}
    return f"{type(value).__name__}({', '.join(f'{name}={_constructed(each)}' for name, each in given.items())})"


def _home(name: str) -> str:
    """Where scikit-learn has a class."""
    from sklearn import compose, impute, pipeline, preprocessing

    module = next(module for module in (compose, impute, pipeline, preprocessing) if hasattr(module, name))
    return str(module.__name__)


def _literal(columns: dict[str, Any]) -> str:
    """A dictionary, an entry a line."""
    return "{\n" + "".join(f"    {name!r}: {how!r},\n" for name, how in columns.items()) + "}"


def _source(of: Callable[..., Any] | type, **constants: int | float) -> str:
    """A function's or class' source without docstrings and types, and what it calls a constant as a number."""
    tree = _Plain(constants).visit(ast.parse(textwrap.dedent(inspect.getsource(of))))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Plain(ast.NodeTransformer):
    """Takes out docstrings, types and the errors that Descent words."""

    def __init__(self, constants: dict[str, int | float]) -> None:
        self._constants = constants

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.body = _undocumented(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _undocumented(node.body)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value is not None else ast.Pass()

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.parse("raise ValueError").body[0]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self._constants[node.id]) if node.id in self._constants else node


def _undocumented(body: list[ast.stmt]) -> list[ast.stmt]:
    is_documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1:] if is_documented and len(body) > 1 else body
