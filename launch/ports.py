"""The port that the app listens on."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from launch.environment import WINDOWS
from launch.errors import Trouble

if TYPE_CHECKING:
    import argparse

FIRST_PORT, LAST_PORT = 8501, 8599


def choose_port(options: argparse.Namespace, for_streamlit: list[str]) -> int | None:
    """The port asked for, or the next free one; None where one of Streamlit's own ways has settled it."""
    address = "0.0.0.0" if options.classroom else "127.0.0.1"
    if options.port is not None:
        if not port_is_free(options.port, address):
            raise Trouble(f"Port {options.port} is taken. Choose another, or leave --port out.")
        return int(options.port)
    if "STREAMLIT_SERVER_PORT" in os.environ or any(a.startswith("--server.port") for a in for_streamlit):
        return None
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if port_is_free(port, address):
            return port
    raise Trouble(f"Every port from {FIRST_PORT} to {LAST_PORT} is taken. Choose one with --port.")


def port_is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        if WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        else:  # a port in TIME_WAIT, as after a restart, is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    if WINDOWS:
        return True
    # macOS lets 127.0.0.1 be bound beside a server that listens on every address: ask whether one answers.
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) != 0
