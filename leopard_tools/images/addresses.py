"""Which internet addresses are public: the rule that keeps downloads out of private networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Inside 2000::/3, yet no place for a web site: protocol assignments (Teredo among them),
# documentation (twice) and 6to4. Teredo and 6to4 carry an IPv4 address that could be private.
_SPECIAL = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
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
            return parsed in _UNICAST and not any(parsed in network for network in _SPECIAL)
        parsed = inner
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


__all__ = ["is_public"]
