"""The settings of the tests: the real ones, in a data folder of this process's own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Each pytest-xdist worker is a process, so each gets its own folder; the operating system clears it away.
os.environ["ALLTING_DATA_DIR"] = tempfile.mkdtemp(prefix="allting-test-")
os.environ["ALLTING_PUBLIC_URL"] = "http://localhost:8000"
os.environ["ALLTING_SECRET_KEY"] = "tests-only"
for _left_over in ("ALLTING_DEMO", "ALLTING_HOST", "ALLTING_MAIL_URL", "ALLTING_MAIL_FROM"):
    os.environ.pop(_left_over, None)

from allting.config import database  # noqa: E402
from allting.config.settings import *  # noqa: E402, F403
from allting.config.settings import DATABASES  # noqa: E402
from tests import postgres  # noqa: E402

DATA_DIR = Path(os.environ["ALLTING_DATA_DIR"])
if postgres.is_asked_for():
    DATABASES["default"] = database.settings_for(postgres.address(), data_dir=DATA_DIR)
else:
    DATABASES["default"] = database.settings_for("", data_dir=DATA_DIR)
    # A file and not memory: with immediate transactions, threads that share memory meet "table is locked".
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
# Threads of live_server end with each request; a kept connection would outlive its test.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Each test client loads the middleware anew: without this, a scan of all files, 18 ms every time.
WHITENOISE_AUTOREFRESH = True
