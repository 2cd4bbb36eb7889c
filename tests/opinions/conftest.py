"""What the tests of the pages share."""

from __future__ import annotations

import pytest
from django.utils import timezone

from allting.opinions.models import Conversation
from tests.make.opinions import make_conversation


@pytest.fixture
def conversation() -> Conversation:
    """Give a conversation that is open now, with three statements to answer."""
    return make_conversation(statements=3, now=timezone.now())
