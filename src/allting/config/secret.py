"""The signing key of an installation: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make(data_dir: Path) -> str:
    """Return the key from ALLTING_SECRET_KEY or the data folder, making it if it is the first start."""
    if from_environment := os.environ.get("ALLTING_SECRET_KEY"):
        return from_environment
    file = data_dir / "secret-key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(48)
        # "x": two processes that start together must not end up with two keys.
        try:
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
                handle.write(key)
        except FileExistsError:
            return file.read_text().strip()
        return key
