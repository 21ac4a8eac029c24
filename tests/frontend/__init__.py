"""Tests of the live view in a real browser, on a page without Streamlit."""
