"""Faults of data, injected on purpose: what they are called, what they do, and what gives them away."""

from core.faults.breaking import Broken, break_outside, break_source
from core.faults.registry import FAULTS, Fault
from core.faults.rows import Injected, Rows
from core.faults.scenarios import SCENARIOS, Scenario

__all__ = ["FAULTS", "SCENARIOS", "Broken", "Fault", "Injected", "Rows", "Scenario", "break_outside", "break_source"]
