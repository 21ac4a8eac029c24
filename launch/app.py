"""Start the app: `streamlit run app.py` with the arguments and variables that Descent's options stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launch.classroom import network_address, own_names
from launch.compiling import compile_own
from launch.environment import hand_over
from launch.ports import FIRST_PORT, choose_port

if TYPE_CHECKING:
    import argparse


def start_app(options: argparse.Namespace, for_streamlit: list[str]) -> int:
    """Say where the app will be, and become Streamlit."""
    compile_own()
    port = choose_port(options, for_streamlit)
    names = own_names() if options.classroom else []
    arguments, environment = translate(options, port, names)
    if port is not None:
        if options.port is None and port != FIRST_PORT:
            print(f"Port {FIRST_PORT} is taken, so Descent uses {port}.")
        if options.classroom and not network_address(names):
            print("This computer is in no network now: nobody else can open Descent.")
        url = environment.get("DESCENT_CLASSROOM", f"http://127.0.0.1:{port}")
        reach = "everyone in this network" if options.classroom else "this computer"
        print(f"Descent for {reach}: {url} (Ctrl-C ends it)")
    return hand_over(["-m", "streamlit", "run", "app.py", *arguments, *for_streamlit], environment)


def translate(options: argparse.Namespace, port: int | None, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Streamlit's arguments and the environment variables that say what Descent's own options say.

    Args:
        port: where to listen; None leaves it to Streamlit.
        names: by which names other computers may reach this one; used with --classroom only.
    """
    arguments: list[str] = []
    environment: dict[str, str] = {}
    if port is not None:
        # The welcome message is ours, with this same address.
        arguments += ["--server.port", str(port), "--logger.hideWelcomeMessage", "true"]
    if options.classroom:
        # With an address of the network in the browser's bar, the teacher's links work for the students.
        # Given one, Streamlit also does not ask a server on the internet for our address.
        address = network_address(names) or "127.0.0.1"
        arguments += ["--server.address", "0.0.0.0", "--browser.serverAddress", address]
        # Streamlit refuses every other name in a request: that stops DNS rebinding.
        for name in dict.fromkeys([*names, *options.host]):
            arguments += ["--server.allowedHosts", name]
        environment["DESCENT_CLASSROOM"] = f"http://{address}:{port}" if port else f"http://{address}"
    if options.no_browser:
        arguments += ["--server.headless", "true"]
    if options.workers is not None:
        environment["DESCENT_WORKERS"] = str(options.workers)
    return arguments, environment
