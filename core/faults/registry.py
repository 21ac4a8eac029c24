"""Every fault: its words, and what it does. One entry is one fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.experiment import fault_kinds as config
from core.experiment.fault_kinds import AnyFault
from core.faults import copies, hospital, imbalance, labels, leak, missing
from core.faults.rows import Chance, Injected, Rows
from core.words import N_

_Break = Callable[[Any, Rows, Chance], tuple[Rows, Injected]]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        part: of `FaultsConfig` that holds it.
        config: its settings, with defaults that teach.
        happened: one sentence: what happened.
        noticed: one sentence: how one would have noticed.
        source: breaks the rows to learn from, None where it leaves them alone.
        outside: breaks the external rows, None where it leaves them alone.
    """

    part: str
    config: type[AnyFault]
    happened: str
    noticed: str
    source: _Break | None = None
    outside: _Break | None = None

    @property
    def title(self) -> str:
        """A few words; marked."""
        return config.FAULT_TITLES[self.kind]

    @property
    def kind(self) -> str:
        """Its name in configurations and links."""
        return str(self.config.model_fields["kind"].default)


_ENTRIES = (
    Fault(
        "missing",
        config.MissingAtRandom,
        N_("Some values were lost, whoever they belonged to, and stand-ins took their place."),
        N_("Count the empty cells of each column, and compare the classes: here they lack as much."),
        source=missing.at_random,
    ),
    Fault(
        "missing",
        config.MissingByTarget,
        N_("Nobody measured the healthy, so the network learns who was measured instead of who is ill."),
        N_("Compare the empty cells of the classes: a column that one class lacks more often knows the answer."),
        source=missing.by_target,
    ),
    Fault(
        "wrong_labels",
        config.WrongLabels,
        N_("Some patients carry a wrong diagnosis, where the network learns and where it is judged."),
        N_("Have two people label some rows independently, and look at the rows that the network doubts most."),
        source=labels.both_ways,
    ),
    Fault(
        "wrong_labels",
        config.MissedCases,
        N_("Many of the ill were never diagnosed and count as healthy, so the network learns to miss them too."),
        N_("Follow the healthy up, and compare the prevalence with that of other clinics: it is too low here."),
        source=labels.missed,
    ),
    Fault(
        "imbalance",
        config.Imbalance,
        N_("Hardly any ill patients were collected, and calling everybody healthy is nearly always right."),
        N_("Look at the prevalence first, then at sensitivity: a high accuracy is that of saying no to everybody."),
        source=imbalance.at_the_source,
    ),
    Fault(
        "leak",
        config.Leak,
        N_("A column was filled in after the diagnosis, and is empty when a new patient comes."),
        N_("Ask of each column when it is known, and distrust one that alone tells the classes apart."),
        source=leak.leak,
        outside=leak.leak_outside,
    ),
    Fault(
        "duplicates",
        config.Copies,
        N_("The same patients stand in the table several times, so the network is judged on rows that it has learnt."),
        N_("Look for equal rows before splitting, and keep the rows of a patient on one side."),
        source=copies.copies,
    ),
    Fault(
        "shift",
        config.OtherUnits,
        N_("The other hospital reports a value in another unit, and the network takes it for a very high one."),
        N_("Compare the range of each column with that of the training rows before predicting."),
        outside=hospital.units,
    ),
    Fault(
        "shift",
        config.OtherDevice,
        N_("The ill were measured with a device that shows more, so the network learns the device."),
        N_("Compare the columns by ward and device, and ask who is measured where."),
        source=hospital.device,
    ),
    Fault(
        "shift",
        config.StuckDevice,
        N_("A device of the other hospital shows everybody the same value."),
        N_("Look at the spread of each column before predicting: here it is zero."),
        outside=hospital.stuck,
    ),
    Fault(
        "shift",
        config.Screening,
        N_("Where everybody is tested the disease is rare, and most of the alarms are false."),
        N_("Work the predictive value out for the prevalence of the place where the network is used."),
        outside=imbalance.outside,
    ),
)

#: Every fault by its kind, in the order in which a page offers them.
FAULTS: dict[str, Fault] = {entry.kind: entry for entry in _ENTRIES}
