"""Data sets: what exists, and how rows become a `Dataset`."""

from core.datasets.dataset import Dataset, Inputs
from core.datasets.loading import load_dataset
from core.datasets.synthetic import generate

__all__ = ["Dataset", "Inputs", "generate", "load_dataset"]
