"""Addresses that the operator names: where CONNECT_TO and PROXY lead. They alone may be private."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

from scrapy.exceptions import UsageError

_HOST_PORT = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s\[\]:/@]+)):(?P<port>\d{1,5})")


class WrongSetting(UsageError):
    """Raised when a setting cannot be understood; names the setting, its value and a right one."""


class Endpoint(NamedTuple):
    """A numeric IP address and a TCP port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def resolve(setting: str, value: object, *, example: str) -> Endpoint:
    """Read `host:port` of a setting and look the host up, once, at the start of the run."""
    match = _HOST_PORT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not 0 < int(match["port"]) < 65536:
        raise WrongSetting(f"{setting}: {value!r} is not an address with a port (host:port); use {example}")
    host, port = match["v6"] or match["host"], int(match["port"])
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WrongSetting(
            f"{setting}: the host of {value!r} has no address ({error}); use {example}"
        ) from None
    # IPv4 first: what a replica binds to when told localhost
    address = min(found, key=lambda entry: entry[0] != socket.AF_INET)[4][0]
    return Endpoint(str(address), port)
