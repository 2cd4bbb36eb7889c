"""Every sentence of every room has its Swedish, and what is compiled is what is written."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path for path in (ROOT / "src" / "allting").iterdir() if (path / "__init__.py").exists())


@pytest.fixture(scope="module")
def messages() -> Any:
    """Load `scripts/messages`, which has no ending that Python would know."""
    spec = spec_from_loader("messages", SourceFileLoader("messages", str(ROOT / "scripts" / "messages")))
    assert spec
    assert spec.loader
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_speaks_swedish(messages: Any, room: Path) -> None:
    assert messages.do_room(room, is_check=True) == []
