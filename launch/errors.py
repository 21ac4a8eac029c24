"""What a launch can say to the person at the keyboard."""

from __future__ import annotations


class Trouble(Exception):
    """Something the person at the keyboard can put right; its text says what and how."""
