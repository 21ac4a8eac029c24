"""Columns of a table become inputs of a network, with scikit-learn's own steps, fitted on training rows only."""

from core.preparation.transformer import inputs_of

__all__ = ["inputs_of"]
