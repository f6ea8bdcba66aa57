"""How often one address or one user may ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

MAX_KEYS = 10_000
"""Addresses remembered at once; the one that has been quiet longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


_MAX_ADDRESS = 64
"""Characters of what is no address; a proxy may write what it likes."""


def network(address: str) -> str:
    """Return what is counted as one: an IPv4 address, or the /64 that one line of IPv6 is given.

    Args:
        address: with or without a port, as proxies write them; what is none stands for itself.
    """
    host = address.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return address[:_MAX_ADDRESS]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


class RateLimit:
    """A token bucket for each key: `burst` at once, then one every `interval` seconds."""

    def __init__(self, *, burst: int, interval: float, clock: Callable[[], float]) -> None:
        self._burst, self._interval, self._clock = burst, interval, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Count a request; return 0.0, or the seconds after which it would be taken."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._burst), now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(float(self._burst), bucket.tokens + (now - bucket.at) / self._interval)
        bucket.at = now
        if bucket.tokens < 1.0:
            return (1.0 - bucket.tokens) * self._interval
        bucket.tokens -= 1.0
        return 0.0
