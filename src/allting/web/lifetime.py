"""A key that lives as long as the server: what is signed with it dies with the process.

`allting serve` and `allting demo` sign their ready sign-in links with it. A command beside a running
server (`allting sign-in-link`) is given that server's key by `allting.__main__`, so its links open there.
"""

from __future__ import annotations

import os
import secrets

KEY = os.environ.get("ALLTING_LIFETIME_KEY") or secrets.token_hex(32)
