"""Which addresses belong to the public internet, so that nobody can make us probe a private network (SSRF)."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.request import getproxies, proxy_bypass

_UNICAST = IPv6Network("2000::/3")
"""The only block of IPv6 that is handed out for the public internet (IANA, IPv6 Global Unicast Address Assignments)."""

_IPV4_INSIDE = (IPv6Network("::/96"), IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""Addresses that only stand for an IPv4 address, their last 32 bits: IPv4-compatible and IPv4-mapped (RFC 4291, 2.5.5)
and NAT64 (RFC 6052). NAT64 of a local network (64:ff9b:1::/48, RFC 8215) is outside _UNICAST, and so never public."""


def is_public(address: str) -> bool:
    """Whether an IP address, and every IPv4 address embedded in it, is on the public internet.

    Raises ValueError for anything but an address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast
    if any(found in network for network in _IPV4_INSIDE):
        return is_public(str(IPv4Address(int(found) & 0xFFFFFFFF)))
    return found in _UNICAST and found.is_global and all(is_public(str(inner)) for inner in _tunnelled(found))


def _tunnelled(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses to which a 6to4 (RFC 3056) or Teredo (RFC 4380) address leads."""
    return [*([address.sixtofour] if address.sixtofour else []), *(address.teredo or ())]


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a server, the preferred first; none if it can't be resolved."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError, OverflowError):
        return []
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_proxied(scheme: str, host: str) -> bool:
    """Whether the environment sends requests to a server through a proxy, which resolves names itself."""
    proxies = getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(host)
