"""An experiment as a plain Keras script that runs by itself and ends with the same weights.

Its parts are written in `data_script`, `table_script` and `faults_script`, `inputs_script`, `network_script` and
`training_script`, line by line, for somebody who learns Keras from it. Comments are worded in the reader's language;
code is the same in all of them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from core.exchange.data_script import written_data
from core.exchange.faults_script import breaks, broken_data
from core.exchange.inputs_script import written_inputs
from core.exchange.network_script import written_network
from core.exchange.script_lines import WIDTH, Say, comments_in
from core.exchange.table_script import as_table
from core.exchange.training_script import written_training
from core.experiment.config import ExperimentConfig
from core.words import ENGLISH, Said, Words, word


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
    say = comments_in(words)
    faults = breaks(config.dataset)
    whole = config.dataset.model_copy(update={"faults": None})
    table = as_table(whole)
    data = written_data(config.model_copy(update={"dataset": table}), say)
    if faults is not None:
        columns, event = whole.info.columns_to_break, whole.info.event_index
        data += "\n\n\n" + broken_data(faults, columns, event, table.split_by, say)
    config = config.model_copy(update={"dataset": table.model_copy(update={"faults": faults})})
    parts = [
        _head(config, word(note, words), say),
        data,
        written_inputs(config, say),
        written_network(config, say),
        written_training(config, changes, say),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(config: ExperimentConfig, note: str, say: Say) -> str:
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(note, WIDTH - 2))
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
