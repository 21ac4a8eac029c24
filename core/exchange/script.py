"""An experiment as a plain Keras script that runs by itself and ends with the same weights.

What the script says of synthetic data is the source of the functions that draw it (`core.experiment.synthetic`), so it
cannot say anything else. Everything else is written out here, line by line, for somebody who learns Keras from it.
Comments are worded in the reader's language; code is the same in all of them.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable

from core.datasets.loading import GENERATED
from core.exchange.faults_script import breaks, broken_data
from core.exchange.table_script import as_table, picture_data, table_data, table_split, table_weights
from core.experiment import synthetic
from core.experiment.blocks import Block
from core.experiment.config import ExperimentConfig
from core.experiment.hidden_layer import Part
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.network import Parts, parts_of
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.plan import Plan
from core.words import ENGLISH, N_, Said, Words, listed, word

#: Lines of the script are no longer than that, numbers of a drawing included.
_WIDTH = 110


#: The comments of the functions in `core.experiment.synthetic`.
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

#: Says something in a language.
_Say = Callable[[Said], str]


def keras_script(
    config: ExperimentConfig,
    changes: Iterable[tuple[int, float]] = (),
    note: Said | str = "",
    *,
    words: Words = ENGLISH,
) -> str:
    """Write the script. It needs TensorFlow, Keras, scikit-learn and NumPy, and nothing of Descent.

    It ends with the weights of `Trainer` bit for bit on the same machine; a run long enough for XLA
    (`core.training.paths`), which `model.fit` does not use here, agrees within rounding for as long as training is not
    chaotic.

    Args:
        changes: (completed epochs, learning rate) of each change during the run.
        note: sentences for the head of the script, such as what it cannot repeat.
        words: the language of the comments.

    >>> "model.fit(" in keras_script(ExperimentConfig())
    True
    """

    def say(said: Said) -> str:
        return " ".join(word(said, words).split())  # a comment is one line

    faults = breaks(config.dataset)
    whole = config.dataset.model_copy(update={"faults": None})
    table = as_table(whole)
    data = _data(config.model_copy(update={"dataset": table}), say)
    if faults is not None:
        columns, event = whole.info.columns_to_break, whole.info.event_index
        data += "\n\n\n" + broken_data(faults, columns, event, table.split_by, say)
    config = config.model_copy(update={"dataset": table.model_copy(update={"faults": faults})})
    parts = [
        _head(config, word(note, words), say),
        data,
        _split(config, say),
        _model(config, say),
        _training(config, list(changes), say),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(config: ExperimentConfig, note: str, say: _Say) -> str:
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(note, _WIDTH - 2))
    title = Said("{dataset}, as trained in Descent. Run it with Python.")
    one_thread = Said("One thread: fast for a network of this size, and every run gives the same bits.")
    return f'''"""{say(title.filled(dataset=Said.marked(config.dataset.info.title)))}"""

{comment}import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

# {say(one_thread)}
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

SEED = {config.seed}
'''


def _data(config: ExperimentConfig, say: _Say) -> str:
    dataset = config.dataset
    if dataset.table is not None:
        return table_data(dataset, say) if dataset.table.picture is None else picture_data(dataset, say)
    if dataset.points is not None:
        rows = ", ".join(f"({x:g}, {y:g}, {kind})" for x, y, kind in dataset.points.points)
        lines = textwrap.fill(rows, _WIDTH - 4, initial_indent="    ", subsequent_indent="    ")
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


def _drawn_by_formula(config: ExperimentConfig, say: _Say) -> str:
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


def _generated(name: str, say: _Say) -> str:
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


def _split(config: ExperimentConfig, say: _Say) -> str:
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


def _types(classes: bool, kinds: list[str], say: _Say) -> list[str]:
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


def _inputs(config: ExperimentConfig, kinds: list[str], say: _Say) -> str:
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


def _model(config: ExperimentConfig, say: _Say) -> str:
    model, output, inputs = config.model, config.output, len(config.dataset.feature_names)
    parts = parts_of(model, config.plan, output.units, output.activation)
    drawn = list(dict.fromkeys(part.call.name for part in parts.all if part.is_drawn))
    kinds = ", ".join(f"keras.{name}" for name in drawn)
    kinds = f"({kinds})" if len(drawn) > 1 else kinds
    first_weights = Said("The first weights: every layer draws its own from a seed of its own.")
    seed = '"seed": seed' if INITIALIZERS[model.initializer].is_random else ""
    built, layers = _in_a_row(inputs, parts.trunk), "model.layers"
    if config.plan.beside is not None:
        built, layers = _joined(config.plan, parts, say), "[*branch, *trunk]"
    return f"""{built}
model.summary()

# {say(first_weights)}
for index, layer in enumerate({layers}):
    seed = int(np.random.SeedSequence([SEED, index]).generate_state(1)[0] >> 1)
    if isinstance(layer, {kinds}):
        settings = {{{seed}}}
        initializer = keras.initializers.get({{"class_name": "{model.initializer}", "config": settings}})
        layer.kernel.assign(initializer(layer.kernel.shape))
    elif isinstance(layer, keras.layers.Dropout):
        layer.seed_generator.state.assign(np.array([seed, 0], dtype="uint32"))"""


def _in_a_row(inputs: int, parts: tuple[Part, ...]) -> str:
    return f"""model = keras.Sequential([
    keras.Input(({inputs},)),
{_listed_calls(parts)}
])"""


def _joined(plan: Plan, parts: Parts, say: _Say) -> str:
    assert plan.picture is not None
    assert plan.beside is not None
    sliced = Said("Each row is the pixels of a picture and then the columns of a table: they part, and join again.")
    return f"""# {say(sliced)}
inputs = keras.Input(({plan.inputs},))
picture, table = inputs[:, {_columns(plan.picture)}], inputs[:, {_columns(plan.beside)}]
branch = [
{_listed_calls(parts.branch)}
]
trunk = [
{_listed_calls(parts.trunk)}
]
for layer in branch:
    picture = layer(picture)
outputs = keras.layers.Concatenate()([picture, table])
for layer in trunk:
    outputs = layer(outputs)
model = keras.Model(inputs, outputs)"""


def _listed_calls(parts: tuple[Part, ...]) -> str:
    return "\n".join(f"    {part.call.source()}," for part in parts)


def _columns(block: Block) -> str:
    return f"{block.start}:{block.stop}"


def _training(config: ExperimentConfig, changes: list[tuple[int, float]], say: _Say) -> str:
    training, output = config.training, config.output
    callbacks = []
    if training.early_stopping is not None:
        stopping = training.early_stopping
        callbacks.append(
            f'keras.callbacks.EarlyStopping("{stopping.monitor}", patience={stopping.patience}, mode="min",\n'
            f"                                  min_delta={stopping.min_delta!r},"
            f" restore_best_weights={stopping.restore_best_weights})"
        )
    rates = ""
    if changes:
        changed = Said(
            "The learning rate was changed during the run: from which epoch on (counted from 0), and to what."
        )
        rates = f"""
# {say(changed)}
RATES = {dict(changes)!r}
"""
        callbacks.append("keras.callbacks.LearningRateScheduler(lambda epoch, rate: RATES.get(epoch, rate))")
    called = "".join(f"\n    {each}," for each in callbacks)
    validation, tested = "x_test, y_test", ""
    if config.dataset.validation_fraction:
        validation = "x_validation, y_validation"
        last = Said("What the network is worth: the test rows have chosen nothing.")
        tested = f"""
# {say(last)}
tested = model.evaluate(x_test, y_test, batch_size=1024, verbose=0, return_dict=True)
for name, value in tested.items():
    print(f"{{'test_' + name:>14}} {{value:.4f}}")

"""
    shuffled = Said("The training rows in batches, shuffled anew for every epoch, and the same way in every run.")
    before = Said("Keras looks at a batch before the first epoch")
    unshuffled = Said("Shuffled does that")
    weights, kept, its_weights, w_train = "", "", "", ""
    if config.dataset.weighs_classes:
        weights, kept = ", weights", "\n        self.weights = weights"
        its_weights, w_train = ", self.weights[rows]", ", weights_train"
    return f'''model.compile(
    optimizer={OPTIMIZERS[training.optimizer].call.source(training.learning_rate)},
    loss={output.loss_call.source()},
    metrics=[{output.metric_call.source()}],
)


class Shuffled(keras.utils.PyDataset):
    """{say(shuffled)}"""

    def __init__(self, x, y{weights}, batch_size):
        super().__init__()
        self.x, self.y, self.batch_size = x, y, batch_size{kept}
        self.epoch, self.order = -1, np.arange(len(x))  # {say(before)}

    def on_epoch_begin(self):
        self.epoch += 1
        self.order = np.random.default_rng([SEED, self.epoch]).permutation(len(self.x))

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]{its_weights}

{rates}
callbacks = [{called}{chr(10) if called else ""}]
history = model.fit(
    Shuffled(x_train, y_train{w_train}, batch_size={training.batch_size}),
    epochs={training.epochs},
    shuffle=False,  # {say(unshuffled)}
    validation_data=({validation}),
    validation_batch_size=1024,
    callbacks=callbacks,
    verbose=2,
)

for name, values in history.history.items():
    print(f"{{name:>14}} {{values[-1]:.4f}}")
{tested}model.save("model.keras")'''
