"""Rare classes: what balancing does to a network's ranking, its predicted risks and its errors.

The clinic with one in ten ill, where the network learns and where it is judged (external patients, thinned as well); 16
and 8 tanh units, 75 epochs with Adam (.005), ten seeds: mean ± standard deviation over the seeds. The area under the
ROC curve says how rows are ranked, the mean predicted risk what is claimed of them, and the Brier score how far off
that is.
"""

from __future__ import annotations

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score

from benchmarks.quality_lab import experiment
from benchmarks.report import table
from core.experiment.fault_kinds import Imbalance, Screening
from core.experiment.faults import FaultsConfig
from core.experiment.preparation import BALANCE_TITLES, PreparationConfig
from core.tasks.lab_networks import LabNetworks
from core.tasks.lab_rows import LabRows

PREVALENCE, SEEDS = 0.1, 10


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for balance, title in BALANCE_TITLES.items():
        figures = np.array([_judged(balance, seed) for seed in range(SEEDS)])
        means, spreads = figures.mean(axis=0), figures.std(axis=0, ddof=1)
        rows.append((title, *(f"{mean:.3f} ± {spread:.3f}" for mean, spread in zip(means, spreads, strict=True))))
        print(rows[-1], flush=True)
    return table(("balance", "AUC", "mean predicted risk", "Brier score", "really ill"), rows)


def _judged(balance: str, seed: int) -> tuple[float, float, float, float]:
    config = experiment()
    preparation = PreparationConfig.model_validate({"balance": balance})
    config = config.model_copy(
        update={"dataset": config.dataset.model_copy(update={"preparation": preparation}), "seed": seed}
    )
    lab, networks = LabRows.of(config), LabNetworks(config)
    faults = FaultsConfig(imbalance=Imbalance(prevalence=PREVALENCE, seed=seed))
    broken = lab.broken(faults)
    outside = lab.outside(FaultsConfig(shift=Screening(prevalence=PREVALENCE, seed=seed))).rows
    dataset, (external,) = lab.prepare(broken.rows, lab.split(broken.rows, seed), faults, seed, [outside])
    (probabilities,) = networks.probabilities(dataset, seed, external)
    risk, is_event = probabilities[:, lab.event], outside.target == lab.event
    return roc_auc_score(is_event, risk), risk.mean(), brier_score_loss(is_event, risk), is_event.mean()
