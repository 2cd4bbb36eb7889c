"""The rooms' catalogues are merged when a page is drawn: one English message has one Swedish one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from babel.messages.pofile import read_po

import allting

CATALOGUES = sorted(Path(allting.__file__).parent.glob("*/locale/sv/LC_MESSAGES/django.po"))


def test_no_message_has_other_words_in_another_room() -> None:
    words: dict[tuple[object, object], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="sv"):
                if message.id and message.string:
                    words[message.context, str(message.id)][str(message.string)].add(path.parts[-5])

    assert len(CATALOGUES) > 5
    assert {key: dict(said) for key, said in words.items() if len(said) > 1} == {}
