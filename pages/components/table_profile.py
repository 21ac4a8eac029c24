"""What is in a table, column by column. It fetches the profile itself and is painted by `pages/frontend/data`."""

from __future__ import annotations


def table_profile(content: str, target: int | None) -> None:
    """Show the profile of a table."""
