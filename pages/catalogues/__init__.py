"""The catalogues, and what brings them up to date."""
