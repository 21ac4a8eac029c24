"""How columns can be scaled before a network sees them, as the page shows it."""

from __future__ import annotations

from core.words import N_

#: The title of every scaling, marked, by its name in configurations and links.
SCALING_TITLES: dict[str, str] = {
    "none": N_("none"),
    "standard": N_("standard (mean 0, deviation 1)"),
    "minmax": N_("min-max (0 to 1)"),
}
