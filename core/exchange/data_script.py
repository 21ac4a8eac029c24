"""The part of a script that has the data: drawn by hand or by a formula, or of scikit-learn.

What it says of synthetic data is the source of the functions that draw it (`core.experiment.synthetic`), so it cannot
say anything else. Tables of one's own are written in `core.exchange.table_script`.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable

from core.datasets.loading import GENERATED
from core.exchange.script_lines import WIDTH, Say
from core.exchange.table_script import picture_data, table_data
from core.experiment import synthetic
from core.experiment.config import ExperimentConfig
from core.words import N_, Said

#: The comments of the functions whose source is in a script, for translators.
SOURCE_COMMENTS = (
    N_("Square roots spread points evenly over the area of disc and ring."),
    N_("Scale 3 makes the moons as wide as the other shapes; their noise is a share of the moons' own radius."),
    N_("a gap along the axes"),
    N_("0 centre … 1 rim"),
    N_("Arms lie close together: a third of the noise is as hard as all of it elsewhere."),
    N_("4 × 4 squares"),
    N_("A lesion is a bright spot about three pixels wide, anywhere but at the rim."),
    N_("The toxin raises three of four laboratory values by about one standard deviation."),
)


def written_data(config: ExperimentConfig, say: Say) -> str:
    """From nothing, or a file, to `points` (rows, columns) and `target`."""
    dataset = config.dataset
    if dataset.table is not None:
        return table_data(dataset, say) if dataset.table.picture is None else picture_data(dataset, say)
    if dataset.points is not None:
        rows = ", ".join(f"({x:g}, {y:g}, {kind})" for x, y, kind in dataset.points.points)
        lines = textwrap.fill(rows, WIDTH - 4, initial_indent="    ", subsequent_indent="    ")
        drawn = Said("The points, drawn by hand: x, y and the class of each.")
        return f"""# {say(drawn)}
drawn = np.array([
{lines}
])
points, target = drawn[:, :2], drawn[:, 2].astype(int)"""
    if dataset.info.is_synthetic:
        return _drawn_by_formula(config, say)
    if dataset.name in GENERATED:
        return _generated(dataset.name, say)
    scaled = "scaled=False" if dataset.name == "diabetes" else ""
    table = Said("The data: one row a case, one column an input.")
    return f"""# {say(table)}
from sklearn.datasets import load_{dataset.name}

bunch = load_{dataset.name}({scaled})
points, target = np.asarray(bunch.data, dtype=np.float64), bunch.target"""


def _drawn_by_formula(config: ExperimentConfig, say: Say) -> str:
    """The generator's own source and that of what it calls, with the settings as constants."""
    dataset = config.dataset
    generator = synthetic.generator_of(dataset.name)
    functions, waiting = [generator], [generator]
    while waiting:
        for name in re.findall(r"\b_(\w+)\(", inspect.getsource(waiting.pop())):
            found = getattr(synthetic, f"_{name}", None)
            if inspect.isfunction(found) and found not in functions:
                functions.append(found)
                waiting.append(found)
    source = "\n\n\n".join(_plain(function) for function in reversed(functions))
    constants = {
        "RADIUS": synthetic.RADIUS,
        "BUMPS": synthetic._BUMPS,
        "SAMPLES": dataset.samples,
        "NOISE": dataset.noise,
        "CLASSES": dataset.n_classes,
    }
    used = [f"{name} = {value!r}" for name, value in constants.items() if re.search(rf"\b{name}\b", source)]
    begin = "\n".join(used)
    source = re.sub(r"(?<=# ).+", lambda found: say(Said.marked(found[0])), source)
    name = generator.__name__.lstrip("_")
    formula = Said("The points are drawn from a formula.")
    return f"""# {say(formula)}
{begin}


{source}


points, target = {name}(np.random.default_rng(SEED))"""


def _generated(name: str, say: Say) -> str:
    """The source of a data set that a formula draws once and for all."""
    source = _plain(GENERATED[name])
    source = re.sub(r'\n    """.*?"""', "", source, flags=re.DOTALL)
    source = re.sub(r"(?<=# ).+", lambda found: say(Said.marked(found[0])), source)
    synthetic_rows = Said("Synthetic rows, drawn from a formula: always the same ones.")
    return f"""# {say(synthetic_rows)}
{source}


points, target = {GENERATED[name].__name__}()"""


def _plain(function: Callable[..., object]) -> str:
    """A function's source without annotations, docstring and configuration."""
    source = inspect.getsource(function).strip()
    source = re.sub(r"config\.(samples|noise|n_classes)", lambda found: found[1].upper(), source)
    source = source.replace("N_CLASSES", "CLASSES").replace("_BUMPS", "BUMPS")
    head, body = source.split(":\n", 1)
    # It always matches: the functions are our own (core/experiment/synthetic.py).
    name, arguments = re.fullmatch(r"def (\w+)\((.*)\)(?: -> .*)?", head, re.DOTALL).groups()  # type: ignore[union-attr]
    names = [argument.split(":")[0].strip() for argument in arguments.split(",")]
    kept = ", ".join(each for each in names if each and each != "config")
    plain = f"def {name.lstrip('_')}({kept}):\n{body}"
    plain = re.sub(r"(\w+\()config, ", r"\1", plain)  # f(config, rng) -> f(rng)
    plain = plain.replace(", config, ", ", ").replace("(config)", "()")
    return re.sub(r"(?<![\w.])_(\w+)\(", r"\1(", plain)
