"""Load what the first run would otherwise wait for."""

from __future__ import annotations


def import_everything() -> None:
    """Import Keras and the parts of scikit-learn that data sets and views use."""
    import sklearn.datasets
    import sklearn.decomposition
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401

    import core.engine.session
    import core.training  # noqa: F401
