"""What a table looks like. The browser fetches the profile itself (`pages/server/table_profile.py`), and
`pages/frontend/data` paints it.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment.columns import KIND_TITLES, labels
from core.tables import open_tables
from core.tables.corrected import written_kinds
from pages.components.mount import mounted

_component = mounted("data", folder="data")


def table_profile(content: str, target: int | None = None, kinds: Mapping[int, str] | None = None) -> None:
    """Show the profile of a kept table to whoever may read it.

    Args:
        target: the place of the column by whose classes the others are shown.
        kinds: of the columns that were corrected, by their place.
    """
    schema = open_tables().find(content)
    _component(
        key="table_profile",
        data={
            "table": f"/descent/tables/{content}",
            "target": target,
            "names": list(labels(schema.columns)) if schema else [],
            "kinds": KIND_TITLES,
            "chosen": written_kinds(kinds or {}),
        },
    )
