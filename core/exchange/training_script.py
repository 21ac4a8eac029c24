"""The part of a script that compiles the network, trains it as `Trainer` does, and keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from core.exchange.script_lines import Say
from core.experiment.config import ExperimentConfig
from core.experiment.optimizers import OPTIMIZERS
from core.words import Said


def written_training(config: ExperimentConfig, changes: Iterable[tuple[int, float]], say: Say) -> str:
    """From `model` and its rows to a trained network in a file.

    Args:
        changes: (completed epochs, learning rate) of each change during the run.
    """
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
    rate_of = dict(changes)
    if rate_of:
        changed = Said(
            "The learning rate was changed during the run: from which epoch on (counted from 0), and to what."
        )
        rates = f"""
# {say(changed)}
RATES = {rate_of!r}
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
