"""A logo, drawn anew: what was uploaded is never served, only the pixels that we could read from it."""

from __future__ import annotations

import io
import secrets
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_UPLOAD = 4 * 1024 * 1024
LONGEST_EDGE = 512
# A small file can unfold into a picture that fills the memory; this many pixels are 75 MB.
_MOST_PIXELS = 25_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class UnreadablePicture(ValueError):
    """The upload is no picture that we take; the sentence says which ones we do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def draw_logo(upload: IO[bytes], *, size: int) -> ContentFile[bytes]:
    """Return the picture as PNG under a random name, its longest edge at most 512 pixels.

    size    of the upload in bytes
    Raises UnreadablePicture.
    """
    if size > LARGEST_UPLOAD:
        raise UnreadablePicture(_("The picture is larger than 4 MB. Save it smaller and choose it again."))
    try:
        with Image.open(upload, formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise UnreadablePicture(_("The picture has too many pixels. 512 across are enough."))
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, UnreadablePicture):
            raise
        raise UnreadablePicture(_("This is no picture that we can read. Choose a PNG, JPEG or WebP.")) from error
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return ContentFile(drawn.getvalue(), name=f"{secrets.token_hex(8)}.png")
