"""One stylesheet from many small files, put together once when the server starts.

A phone asks once instead of twenty times, and nobody needs a build step. The address carries a digest
of the content, so browsers keep it for a year and still see every change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

from allting.web.colours import Tones

_FOLDER = Path(__file__).parent / "static" / "web" / "css"
_FONTS = "../fonts/"


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """The text, and the digest that names it."""

    text: str
    digest: str


@lru_cache(maxsize=1)
def bundle() -> Stylesheet:
    """Put the layers together: tokens, base, components in the order of their names, pages."""
    files = [
        _FOLDER / "tokens.css",
        _FOLDER / "base.css",
        *sorted((_FOLDER / "components").glob("*.css")),
        _FOLDER / "pages.css",
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files).replace(_FONTS, static("web/fonts/"))
    return Stylesheet(text=text, digest=hashlib.sha256(text.encode()).hexdigest()[:12])


def colour_stylesheet(tones: Tones) -> str:
    """Write the organisation's own tones over spruce and deep; groups, cloudberry and berry stay."""
    pairs = {
        "spruce": (tones.light, tones.dark),
        "spruce-hover": (tones.light_hover, tones.dark_hover),
        "spruce-soft": (tones.light_soft, tones.dark_soft),
        "on-spruce": (tones.on_light, tones.on_dark),
        "deep": (tones.deep_light, tones.deep_dark),
    }
    lines = "".join(f"  --{name}: light-dark({light}, {dark});\n" for name, (light, dark) in pairs.items())
    return f"@layer tokens {{\n:root {{\n{lines}}}\n}}\n"
