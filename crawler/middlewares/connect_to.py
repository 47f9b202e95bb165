"""CONNECT_TO: which hosts are answered by another address, as curl's --connect-to does it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.middlewares.endpoint import Endpoint, WrongSetting, resolve

_PATTERN = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_EXAMPLE = """-s CONNECT_TO='{"*.cri.cn": "127.0.0.1:8099"}'"""


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """Host patterns and the addresses that answer for them.

    `news.cri.cn` means that host; `*.cri.cn` means cri.cn and everything below it. The longest match wins.
    """

    exact: Mapping[str, Endpoint] = field(default_factory=dict)
    suffixes: tuple[tuple[str, Endpoint], ...] = ()
    """(`.cri.cn`, endpoint), longest first."""

    @classmethod
    def from_setting(cls, value: object) -> ConnectTo:
        """Read the setting: a mapping, its JSON, or nothing; WrongSetting says what is wrong with it."""
        exact: dict[str, Endpoint] = {}
        suffixes: dict[str, Endpoint] = {}
        for pattern, address in _mapping(value).items():
            name = str(pattern).strip().lower().rstrip(".")
            if not _PATTERN.fullmatch(name):
                raise WrongSetting(f"CONNECT_TO: {pattern!r} is neither a host nor *.host; use {_EXAMPLE}")
            endpoint = resolve("CONNECT_TO", address, example=_EXAMPLE)
            if name.startswith("*."):
                suffixes[name[1:]] = endpoint
            else:
                exact[name] = endpoint
        return cls(exact, tuple(sorted(suffixes.items(), key=lambda rule: -len(rule[0]))))

    def endpoint(self, host: str) -> Endpoint | None:
        """The address that answers for a host; None when the host itself does."""
        host = host.lower().rstrip(".")
        if host in self.exact:
            return self.exact[host]
        for suffix, endpoint in self.suffixes:
            if host == suffix[1:] or host.endswith(suffix):
                return endpoint
        return None

    def __bool__(self) -> bool:
        return bool(self.exact or self.suffixes)


def _mapping(value: object) -> Mapping[object, object]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else {}
        except ValueError as error:
            raise WrongSetting(f"CONNECT_TO: {value!r} is not JSON ({error}); use {_EXAMPLE}") from None
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise WrongSetting(f"CONNECT_TO: {value!r} is not a mapping of hosts to addresses; use {_EXAMPLE}")
    return value
