"""Measures Descent against its rivals, all in one run: `python -m benchmarks`."""
