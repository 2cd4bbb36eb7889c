"""The whole chain once: said, closed, owed, signed, published, mailed, read."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from allting.people.models import QueuedMail
from tests.make import answers as make
from tests.make import people
from tests.make import processes as making

pytestmark = pytest.mark.django_db


def test_a_statement_is_answered_by_mail_and_on_every_page():
    device = people.make_device_client()
    (statement,) = make.make_statements("The library should open on Sundays.", authors=[device.actor])
    make.leave_address(device.actor, statement.conversation.item, address="anna@example.org")
    process = make.close(statement)
    publication = make.make_published(process)
    make.tell(publication)

    mail = QueuedMail.objects.get()
    assert mail.text.startswith("Yes, we will. By June 2028.")
    assert "The library should open on Sundays." in mail.text
    assert "Dana Whitlock" in mail.text
    pages = {"answers": process.pk, "story": process.pk, "answer": publication.answers.get().pk}
    for name, pk in pages.items():
        page = Client().get(reverse(f"answers:{name}", args=[pk])).content.decode()
        assert "Yes, we will. By June 2028." in page, name
    assert "Yes, we will. By June 2028." in device.get(reverse("answers:mine")).content.decode()
    sponsor = people.sign_in(Client(), making.make_sponsor())
    assert sponsor.get(reverse("answers:waiting")).status_code == 200
