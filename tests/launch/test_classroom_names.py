"""The names by which other computers reach this one."""

from __future__ import annotations

import socket

from launch.classroom import own_names


def test_own_names_include_this_computer_and_no_wildcard() -> None:
    names = own_names()
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()} <= set(names)
    assert not {"*", "0.0.0.0"} & set(names)
