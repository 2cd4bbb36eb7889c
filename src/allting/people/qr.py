"""QR codes as SVG that a phone reads from paper and in dark mode: dark on a white ground of its own."""

from __future__ import annotations

import io

import segno


def draw(address: str) -> str:
    """Return an SVG document of the address, with the quiet edge that scanners need."""
    drawn = io.BytesIO()
    # Medium correction: a poster gets creases. No scale in pixels: the page decides how large.
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, light="#FFFFFF", dark="#16231F", omitsize=True, xmldecl=False, nl=False
    )
    return drawn.getvalue().decode()
