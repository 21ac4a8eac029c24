"""Core says everything as a template and its values, which tools can find and a reader's language can word."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.datasets.loading import GENERATED
from core.exchange.data_script import SOURCE_COMMENTS
from core.experiment import synthetic
from core.experiment.classes_held_out import SplitMissesClass
from core.words import Said

CORE = Path(__file__).resolve().parents[2] / "core"
FILES = [path for path in sorted(CORE.rglob("*.py")) if path.name != "words.py"]

#: What is said must be found by tools: its first argument, and of `counted` the second, is written out.
WRITTEN_OUT = {"Said": 1, "N_": 1, "counted": 2}

#: What is shown to people: no text that was put together goes into it.
SHOWN = {
    *WRITTEN_OUT,
    *("exactly", "marked", "filled", "PydanticCustomError", SplitMissesClass.__name__),
    *(name for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.DescentError)),
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def is_put_together(node: ast.AST) -> bool:
    """Whether a text is made of parts here: by an f-string, `%` or `.format`.

    >>> [is_put_together(ast.parse(text)) for text in ("f'{x}'", "'%s' % x", "'{}'.format(x)", "x % 3", "'x'")]
    [True, True, True, False, False]
    """
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            return True
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod) and _is_text(part.left):
            return True
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "format":
            return True
    return False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def wrong(text: str) -> list[int]:
    """The lines of a module that say something in a way that cannot be translated.

    >>> wrong("Said('{n} rows', {'n': 3})"), wrong("Said(template)"), wrong("raise CannotEdit(Said(f'{n} rows'))")
    ([], [1], [1, 1, 1])
    >>> wrong("f'{Said(1)}'"), wrong("CannotEdit('no')"), wrong("gettext('x')")
    ([1, 1], [1], [1])
    """
    tree, lines = ast.parse(text), []
    for name, call in calls(tree):
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in SHOWN and any(map(is_put_together, arguments)):
            lines.append(call.lineno)
        if not all(map(_is_text, call.args[: WRITTEN_OUT.get(name, 0)])):
            lines.append(call.lineno)
        if name in SHOWN - WRITTEN_OUT.keys() - {"exactly", "marked", "PydanticCustomError"} and any(
            map(_is_text, call.args)
        ):
            lines.append(call.lineno)  # a text where a `Said` belongs
        if name in {"gettext", "ngettext"}:
            lines.append(call.lineno)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):  # where tools look for no calls before Python 3.12
            lines += [call.lineno for name, call in calls(node) if name in WRITTEN_OUT]
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            lines += [node.lineno for name in names if name.split(".")[0] in {"gettext", "babel"}]
    return lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CORE).as_posix())
def test_everything_is_said_as_a_template_that_is_written_out(path: Path) -> None:
    assert wrong(path.read_text(encoding="utf-8")) == []


def test_no_module_refuses_in_words_that_cannot_be_translated() -> None:
    """A `ValueError` is a mistake of ours; what a user may read is a `WrongValue`."""
    plain = [
        (path.relative_to(CORE).as_posix(), call.lineno)
        for path in FILES
        for name, call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if name == "ValueError" and call.args
    ]
    assert {path for path, _ in plain} == {"store/statements.py"}, "of fields that no page can name"


def test_the_comments_of_scripts_are_those_of_their_source() -> None:
    drawn = [each for _, each in inspect.getmembers(synthetic, inspect.isfunction)]
    functions: list[Any] = [*drawn, *GENERATED.values()]
    comments = {found for each in functions for found in re.findall(r"(?<=# ).+", inspect.getsource(each))}
    assert comments == set(SOURCE_COMMENTS)


def test_a_template_is_worded_with_the_values_that_it_names() -> None:
    for path in FILES:
        for name, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            for argument in call.args[: WRITTEN_OUT.get(name, 0)]:
                template = ast.literal_eval(argument)
                names = re.findall(r"(?<!\{)\{(\w*)", template)
                assert all(each.isidentifier() for each in names), (path, argument.lineno)
                assert str(Said(template, dict.fromkeys(names, "x")))
