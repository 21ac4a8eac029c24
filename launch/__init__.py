"""The parts of `run.py`. Standard library only: they run before anything is installed.

A second start spends nothing before it hands over to Streamlit: what only other calls need is
imported where it is used.
"""
