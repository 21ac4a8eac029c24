"""The names by which the other computers of a classroom reach this one."""

from __future__ import annotations

import socket


def own_names() -> list[str]:
    """The names and addresses by which a browser in this network may reach this computer."""
    names = ["localhost", "127.0.0.1", "::1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:  # a UDP connect sends nothing; it only picks the address that faces the network
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    host = socket.gethostname().lower()
    short = host.split(".")[0]
    names += [host, short, f"{short}.local"]
    try:
        names += [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, socket.AF_INET)]
    except OSError:
        pass
    return list(dict.fromkeys(name for name in names if name))


def network_address(names: list[str]) -> str | None:
    """The first of the names that is an address which other computers can use."""
    return next((name for name in names if name[:1].isdigit() and not name.startswith("127.")), None)
