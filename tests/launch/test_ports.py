"""The port that the app listens on."""

from __future__ import annotations

import socket

import pytest

from launch import ports
from launch.errors import Trouble
from launch.ports import choose_port, port_is_free
from tests.launch.stand_ins import options


def test_a_port_that_was_asked_for_and_is_taken_is_said(taken_port: int) -> None:
    with pytest.raises(Trouble, match=f"Port {taken_port} is taken"):
        choose_port(options(port=taken_port), [])


def test_without_a_wish_the_next_free_port_is_taken(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAMLIT_SERVER_PORT", raising=False)
    monkeypatch.setattr(ports, "FIRST_PORT", taken_port)
    monkeypatch.setattr(ports, "LAST_PORT", taken_port + 20)
    port = choose_port(options(), [])
    assert port in range(taken_port + 1, taken_port + 21)


def test_streamlits_own_ways_to_choose_a_port_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_port(options(), ["--server.port=9000"]) is None
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9000")
    assert choose_port(options(), []) is None


def test_a_server_on_every_address_takes_the_port_too() -> None:
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        assert not port_is_free(server.getsockname()[1])
