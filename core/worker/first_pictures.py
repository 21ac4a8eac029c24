"""Draws the pictures that ship with the app, as a worker draws them: `python -m core.worker.first_pictures`.

Run it when a preset changes, or when a picture shows something new; a test fails until then.
"""

from __future__ import annotations

from core.evaluation import plane_of
from core.evaluation.views import View
from core.exchange.presets import PRESETS
from core.experiment.config import ExperimentConfig
from core.protocol.first_pictures import FirstPicture, name_of, ship
from core.training import Trainer
from core.worker.depiction import depict
from core.worker.pictures import describe, draw_plane


def draw_first(config: ExperimentConfig) -> FirstPicture:
    """An experiment at its initial weights."""
    trainer = Trainer(config)
    plane = plane_of(trainer.dataset, View())
    described = describe(config, trainer.dataset, run="", log_names=trainer.log_names)
    return FirstPicture(described.joined(draw_plane(trainer.dataset, plane)), depict(trainer, plane))


if __name__ == "__main__":
    file = ship({name_of(preset.config): draw_first(preset.config) for preset in PRESETS.values()})
    print(f"{len(PRESETS)} pictures, {file.stat().st_size / 1000:.0f} kB: {file}")
