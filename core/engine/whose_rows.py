"""Who may see the rows of a run's table, and train on them: whoever keeps the table, and everybody once it is shared.

The one place where this is decided. A data set that is no table is everybody's.
"""

from __future__ import annotations

from collections.abc import Callable

from core.errors import RowsWithheld
from core.experiment.config import ExperimentConfig
from core.experiment.withholding import without_contents
from core.tables import TableStore, open_tables
from core.words import Said

#: Stands for a browser without a cookie; no owner is called that.
_NOBODY = "\0"

PRIVATE = Said("This table is private: only its owner sees its rows and can train on it, unless it is shared.")
DELETED = Said("The table was deleted: its rows are gone, and its curves are kept.")


class WhoseRows:
    """Decides.

    Args:
        tables: finds the tables that are kept.
    """

    def __init__(self, tables: Callable[[], TableStore] = open_tables) -> None:
        self._tables = tables

    def withheld(self, config: ExperimentConfig, browser: str | None) -> Said | None:
        """Why a browser may not see the rows of an experiment; None where it may.

        Args:
            browser: None for one without a cookie.
        """
        table = config.dataset.table
        return None if table is None else self.withheld_table(table.content, browser)

    def withheld_table(self, content: str, browser: str | None) -> Said | None:
        """Why a browser may not see the rows of a table; None where it may."""
        tables = self._tables()
        if tables.may_read(content, browser or _NOBODY):
            return None
        return DELETED if tables.find(content) is None else PRIVATE

    def known_to(self, config: ExperimentConfig, browser: str | None) -> ExperimentConfig:
        """An experiment as a browser may know it: on a private table of others without what stands in its cells."""
        return config if self.withheld(config, browser) is None else without_contents(config)

    def check(self, config: ExperimentConfig, browser: str | None) -> None:
        """Whether a browser may see the rows of an experiment, and train on them.

        Raises:
            RowsWithheld: it may not.
        """
        withheld = self.withheld(config, browser)
        if withheld is not None:
            raise RowsWithheld(withheld)
