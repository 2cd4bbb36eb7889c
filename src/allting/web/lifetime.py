"""A key that lives as long as this process: what is signed with it dies with the server.

The ready sign-in links that `allting serve` and `allting demo` print are signed with it.
"""

from __future__ import annotations

import secrets

KEY = secrets.token_hex(32)
