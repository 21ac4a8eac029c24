"""Networks: from configuration to Keras model."""

from core.models.building import build_model, reset_weights

__all__ = ["build_model", "reset_weights"]
