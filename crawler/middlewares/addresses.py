"""Which addresses are public. Pure: no lookup, no network."""

from __future__ import annotations

import ipaddress
import socket
import unicodedata

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")


def literal(host: str) -> Address | None:
    """The address that a host spells out in any form a resolver accepts; None when it is a name.

    >>> literal("0x7f.1"), literal("2130706433"), literal("[::1]"), literal("cri.cn")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), IPv6Address('::1'), None)
    """
    host = unicodedata.normalize("NFKC", host).strip("[]").rstrip(".").partition("%")[0]
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        # 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are all 127.0.0.1 to the system's resolver
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def private_kind(address: Address | str) -> str | None:
    """Why an address is not public (`loopback`, `private`, …); None when it is.

    >>> private_kind("169.254.169.254"), private_kind("::ffff:10.0.0.1"), private_kind("8.8.8.8")
    ('link-local', 'private', None)
    """
    address = _embedded(ipaddress.ip_address(address))
    if address.is_unspecified:
        return "unspecified"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_reserved:
        return "reserved"
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return "private"
    return None if address.is_global else "private"


def _embedded(address: Address) -> Address:
    """The IPv4 address that a translated IPv6 address leads to, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
