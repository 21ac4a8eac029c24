"""How columns can be scaled before a network sees them."""

from __future__ import annotations

from typing import Literal, get_args

from core.words import N_

Scaling = Literal["none", "standard", "minmax", "robust"]

SCALINGS: tuple[Scaling, ...] = get_args(Scaling)

#: The title of every scaling, marked, by its name in configurations and links.
SCALING_TITLES: dict[str, str] = {
    "none": N_("none"),
    "standard": N_("standard (mean 0, deviation 1)"),
    "minmax": N_("min-max (0 to 1)"),
    "robust": N_("robust (median and quartiles)"),
}
