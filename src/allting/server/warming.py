"""What the first visitor would wait for is loaded beside the first requests: templates, catalogues, late modules."""

from __future__ import annotations

import gc
import threading
import time
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from allting.web.rooms import every_room

# After each template, so that whoever asks for a page meanwhile hardly waits for it.
_BREATH_S = 0.001


def start() -> None:
    """Warm up in a thread of its own, which nothing waits for: the end of the process least of all."""
    threading.Thread(target=warm, name="warming", daemon=True).start()


def warm() -> None:
    """Compile every template, read every catalogue and import what the rooms name: half a second together."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            pass  # to speak a language is to have read its catalogue
    for name in template_names():
        get_template(name)
        time.sleep(_BREATH_S)
    for room in every_room():
        for module in room.loaded_late:
            import_module(module)
    # What is there now stays: otherwise one of the first requests would wait for a fifth of a second while all of it
    # is looked through for garbage, and others after it.
    gc.collect()
    gc.freeze()


def template_names() -> list[str]:
    """Return the pages of the house, as views name them."""
    folders = [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name.startswith("allting.")]
    return sorted(
        path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html") if path.is_file()
    )
