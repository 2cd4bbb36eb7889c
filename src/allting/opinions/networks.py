"""A network as a tag that says nothing about it: enough to see a burst today, not to follow anybody.

The tag is a keyed digest of the network (not the address), and the key changes every day. Without the
installation's secret it cannot be computed, and two days cannot be joined.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import date

from django.conf import settings

# A household or an office in the two kinds of addresses.
_IPV4_BITS = 24
_IPV6_BITS = 48
_TAG_LENGTH = 16


def tag_of(address: str, *, on: date) -> str:
    """Return the day's tag of the network that an address lies in; empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = _IPV4_BITS if parsed.version == 4 else _IPV6_BITS
    network = ipaddress.ip_network(f"{parsed}/{bits}", strict=False)
    key = hmac.new(settings.SECRET_KEY.encode(), f"opinions.network {on.isoformat()}".encode(), hashlib.sha256).digest()
    return hmac.new(key, str(network).encode(), hashlib.sha256).hexdigest()[:_TAG_LENGTH]
