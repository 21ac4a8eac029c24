"""Who may see the rows of a run's table, and train on them: whoever keeps the table, and everybody once it is shared.

The one place where this is decided. A data set that is no table is everybody's.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from core.errors import RowsWithheld
from core.experiment.config import ExperimentConfig
from core.experiment.withholding import without_contents
from core.tables import TableStore, open_tables
from core.words import Said

#: Stands for a browser without a cookie; no owner is called that.
_NOBODY = "\0"

#: Seconds for which an answer holds: viewers ask with every message, and the answer is read from the disk. Changes of
#: this server count at once (`ask_again`), those of another one after this time.
_HOLDS = 0.5

#: Answers that are remembered.
_REMEMBERED = 1_000

PRIVATE = Said("This table is private: only its owner sees its rows and can train on it, unless it is shared.")
DELETED = Said("The table was deleted: its rows are gone, and its curves are kept.")


class WhoseRows:
    """Decides. Safe to use from several threads.

    Args:
        tables: finds the tables that are kept.
    """

    def __init__(self, tables: Callable[[], TableStore] = open_tables) -> None:
        self._tables = tables
        self._changes = 0
        self._answers: dict[tuple[str, str | None], tuple[float, Said | None]] = {}

    def withheld(self, config: ExperimentConfig, browser: str | None) -> Said | None:
        """Why a browser may not see the rows of an experiment; None where it may.

        Args:
            browser: None for one without a cookie.
        """
        table = config.dataset.table
        if table is None:
            return None
        key, now, changes = (table.content, browser), time.monotonic(), self._changes
        until, answer = self._answers.get(key, (0.0, None))
        if now > until:
            answer = self._withheld_table(table.content, browser)
            if len(self._answers) >= _REMEMBERED:
                self._answers = {}
            if changes == self._changes:
                self._answers[key] = (now + _HOLDS, answer)
        return answer

    def ask_again(self) -> None:
        """A table was shared, made private or deleted: what was answered does not hold any more."""
        self._changes += 1
        self._answers = {}

    def known_to(self, config: ExperimentConfig, browser: str | None) -> ExperimentConfig:
        """An experiment as a browser may know it: on a private table of others without what stands in its cells."""
        return config if self.withheld(config, browser) is None else without_contents(config)

    def check(self, config: ExperimentConfig, browser: str | None) -> None:
        """Whether a browser may see the rows of an experiment now, and train on them.

        Raises:
            RowsWithheld: it may not.
        """
        if config.dataset.table is not None:
            self.check_table(config.dataset.table.content, browser)

    def check_table(self, content: str, browser: str | None) -> None:
        """Whether a browser may see the rows of a table now, and train on them.

        Raises:
            RowsWithheld: it may not.
        """
        withheld = self._withheld_table(content, browser)
        if withheld is not None:
            raise RowsWithheld(withheld, is_gone=withheld is DELETED)

    def _withheld_table(self, content: str, browser: str | None) -> Said | None:
        tables = self._tables()
        if tables.may_read(content, browser or _NOBODY):
            return None
        return DELETED if tables.find(content) is None else PRIVATE
