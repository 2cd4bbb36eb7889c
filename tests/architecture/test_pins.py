"""The two lists of pins say the same, name no place, and leave nothing out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = dict(line.split("==") for line in PROJECT["tool"]["uv"]["constraint-dependencies"])
FOR_SERVERS = (ROOT / "requirements.lock").read_text()


def _named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[;<>=!~ ]", text, maxsplit=1)[0].lower() for text in requirements} - {"allting"}


def test_servers_install_what_is_pinned_for_developers() -> None:
    on_servers = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", FOR_SERVERS, re.MULTILINE))

    assert {name: PINS.get(name) for name in on_servers} == on_servers, "Run scripts/lock."


def test_every_direct_dependency_is_pinned_exactly() -> None:
    project = PROJECT["project"]
    direct = _named(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        direct |= _named(extra)
    for group in PROJECT["dependency-groups"].values():
        direct |= _named(group)

    assert direct - PINS.keys() == set(), "Run scripts/lock."


def test_each_package_for_servers_has_a_hash() -> None:
    for entry in re.split(r"\n(?=[a-z])", FOR_SERVERS)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_no_pin_says_where_it_was_fetched() -> None:
    written = FOR_SERVERS + "\n".join(f"{name}=={version}" for name, version in PINS.items())

    assert "://" not in written
    assert not re.search(r"index-url|^\s*(?:-e|--find-links) ", written, re.MULTILINE)
