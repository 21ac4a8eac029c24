"""The part of a script that builds the network and draws its first weights."""

from __future__ import annotations

from core.exchange.script_lines import Say
from core.experiment.blocks import Block
from core.experiment.config import ExperimentConfig
from core.experiment.hidden_layer import Part
from core.experiment.initializers import INITIALIZERS
from core.experiment.network import Parts, parts_of
from core.experiment.plan import Plan
from core.words import Said


def written_network(config: ExperimentConfig, say: Say) -> str:
    """The lines that end with `model`, not yet compiled."""
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


def _joined(plan: Plan, parts: Parts, say: Say) -> str:
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
