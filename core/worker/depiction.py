"""A picture of a network as it is now, whole: map, confusion matrix, weights and a look inside."""

from __future__ import annotations

from core.evaluation import Plane, does_better_than_a_constant
from core.inspection.on_grid import outputs_on_grid
from core.inspection.probe import look_inside, weights_of
from core.protocol.wire import Part
from core.training import Trainer
from core.worker.network_picture import ROWS, draw_network, small_grid
from core.worker.picture_layers import examples_of
from core.worker.pictures import draw_frame


def depict(trainer: Trainer, plane: Plane, *, look: bool = True) -> Part:
    """Draw a trainer's network.

    Args:
        look: also look inside, which takes a tenth of a second the first time.
    """
    frame = draw_frame(
        trainer.config,
        trainer.dataset,
        epoch=trainer.epoch,
        grid_outputs=outputs_on_grid(trainer, plane.grid),
        test_outputs=trainer.predict(trainer.dataset.x_test),
    )
    grid = small_grid(plane.grid)
    if not look:
        return frame.joined(draw_network(trainer.config, weights_of(trainer), grid, None))
    inside = look_inside(trainer, grid, rows=ROWS, examples=examples_of(trainer.dataset))
    outputs, dataset = inside.on_rows[-1], trainer.dataset
    learns = does_better_than_a_constant(
        outputs, dataset.y_train[: len(outputs)], trainer.config.output, dataset.n_classes
    )
    return frame.joined(draw_network(trainer.config, weights_of(trainer), grid, inside, learns))
