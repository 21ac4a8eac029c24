"""What importing costs and what each package exports. Fresh interpreters, because this one has imported all of it."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "core").rglob("*.py"))
PACKAGES = sorted(".".join(path.parent.relative_to(ROOT).parts) for path in MODULES if path.name == "__init__.py")
HEAVY = ("keras", "tensorflow", "sklearn", "streamlit", "pandas", "plotly")


def imported_by(statement: str) -> set[str]:
    """The heavy packages that a statement imports in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "from core import ExperimentConfig; ExperimentConfig()",
        "import core.experiment.catalogue, core.experiment.config, core.experiment.outputs, core.runtime.settings",
        "from core.exchange.link import from_query, to_query; from_query(to_query(from_query({}).config))",
        "from core import import_playground; import_playground('https://playground.tensorflow.org/#dataset=xor')",
        "from core.exchange.presets import PRESETS; [preset.config for preset in PRESETS.values()]",
        "from core.experiment.synthetic import generate\n"
        "from core.experiment.config import DatasetConfig\n"
        "generate(DatasetConfig(), seed=0)",
        "import core.datasets",
        "from core import Dataset, load_dataset",
        "from core import build_model",
        "from core.training.events import EpochEnd; EpochEnd(1, {})",
    ],
)
def test_imports_nothing_heavy(statement: str) -> None:
    assert imported_by(statement) == set()


def test_the_check_above_sees_a_heavy_import() -> None:
    assert "pandas" in imported_by("import pandas")


def modules_imported_in(source: str) -> set[str]:
    """Every module that a source imports, at its top or in a function.

    >>> sorted(modules_imported_in("import a.b\\ndef f():\\n    from c import d"))
    ['a.b', 'c']
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_knows_no_streamlit_and_no_page(path: Path) -> None:
    tops = {name.split(".")[0] for name in modules_imported_in(path.read_text(encoding="utf-8"))}
    assert not tops & {"streamlit", "pages", "app"}


def test_the_walk_finds_imports_in_functions() -> None:
    assert len(MODULES) > 15
    source = (ROOT / "core" / "datasets" / "splits.py").read_text(encoding="utf-8")
    assert "sklearn.model_selection" in modules_imported_in(source)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_exports_what_it_lists(package: str) -> None:
    module = importlib.import_module(package)
    listed = getattr(module, "__all__", [])
    assert len(set(listed)) == len(listed)
    for name in listed:
        assert getattr(module, name) is not None
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    taken_in = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "core"
        for alias in node.names
    }
    assert taken_in == set(listed)


def test_core_offers_its_names_to_completion() -> None:
    import core

    assert set(core.__all__) <= set(dir(core))


def test_core_has_no_other_name() -> None:
    import core

    with pytest.raises(AttributeError, match="no attribute 'Trainr'"):
        _ = core.Trainr


def test_the_four_names_of_the_vocabulary_come_from_core() -> None:
    from core import ExperimentConfig, Trainer, build_model, load_dataset

    assert [each.__module__.split(".")[:2] for each in (ExperimentConfig, load_dataset, build_model, Trainer)] == [
        ["core", "experiment"],
        ["core", "datasets"],
        ["core", "models"],
        ["core", "training"],
    ]
