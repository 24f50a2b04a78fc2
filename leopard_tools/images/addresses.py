"""Which internet addresses are public: the rule that keeps downloads out of private networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Inside 2000::/3, yet no place for a web site: protocol assignments (Teredo among them),
# documentation (twice) and 6to4. Teredo and 6to4 carry an IPv4 address that could be private.
_SPECIAL_6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# Beside what Python knows, which differs by its release: all special ranges of IANA's registry
# (RFC 6890), multicast, and the address at which Azure's hosts serve their virtual machines.
_SPECIAL_4 = tuple(
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address, in text, can be reached by anyone on the internet.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64) is judged by that one.
    """
    # A zone (fe80::1%eth0) exists only for addresses of the local link.
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        inner = _inner(parsed)
        if inner is None:
            special = any(parsed in network for network in _SPECIAL_6) or _is_isatap(parsed)
            return parsed in _UNICAST and not special
        parsed = inner
    return parsed.is_global and not any(parsed in network for network in _SPECIAL_4)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _is_isatap(address: IPv6Address) -> bool:
    """Whether its lower half is 5efe and an IPv4 address, which could be private (RFC 5214)."""
    # Two bits of the half tell whether it is unique and whether it is a group.
    return int(address) >> 32 & 0xFCFF_FFFF == 0x5EFE


__all__ = ["is_public"]
