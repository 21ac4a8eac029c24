"""Data sets: what exists, and how rows become a `Dataset`."""

from core.datasets.arrays import dataset_of_arrays
from core.datasets.dataset import Dataset, Inputs
from core.datasets.loading import load_dataset
from core.datasets.splits import Split, split_rows
from core.experiment.synthetic import generate

__all__ = ["Dataset", "Inputs", "Split", "dataset_of_arrays", "generate", "load_dataset", "split_rows"]
