"""By which server mail leaves, and whether it does. What is stored holds a password and is never shown."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from allting.people import actions, forms, post, queries
from allting.people.errors import TooManyTestMails
from allting.people.guards import for_facilitators
from allting.people.visitors import Request

_TEST_MAILS = 10
_AN_HOUR_S = 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_facilitators
def mail(request: Request) -> HttpResponse:
    """Set the mail server, or take it away."""
    organisation = queries.get_organisation()
    if organisation is None:
        messages.info(request, _("Say first who runs this installation; mail is sent in its name."))
        return redirect("people:organisation")
    actor, now = request.viewer.actor, timezone.now()
    assert actor is not None
    if request.method == "POST" and request.POST.get("do") == "remove":
        actions.change_mail(organisation=organisation, mail_url="", mail_from="", by=actor, now=now)
        messages.success(request, _("The mail server is forgotten. No mail leaves any more."))
        return redirect("people:mail")
    form = forms.Mail(request.POST or None, initial={"mail_from": organisation.mail_from})
    if request.method == "POST" and form.is_valid():
        actions.change_mail(organisation=organisation, **form.cleaned_data, by=actor, now=now)
        messages.success(request, _("Saved. Send a test mail to see whether it works."))
        return redirect("people:mail")
    office = queries.post_office()
    context: dict[str, Any] = {
        "form": form,
        "office": office,
        "latest_error": post.explain(office.latest_error) if office.latest_error else "",
        "is_from_environment": bool(settings.MAIL_URL),
        "is_mail_set_up": post.is_mail_set_up(),
        "is_demo": settings.IS_DEMO,
        "server": post.current_server(),
    }
    return render(request, "people/mail.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@for_facilitators
def test_mail(request: Request) -> HttpResponse:
    """Send a mail to oneself and say at once what the server answered."""
    person = request.viewer.person
    subject, text = _("A test mail from Allting"), _("You read this: mail works.")
    server = post.current_server()
    if settings.IS_DEMO or server is None:
        if settings.IS_DEMO:
            now = timezone.now()
            post.queue_mail(
                key=f"test-{person.pk}-{now.timestamp()}", address=person.address, subject=subject, text=text, now=now
            )
            messages.info(request, _("The demo sends nothing; the mail is on its page of sent mails."))
        else:
            messages.error(request, _("Mail is not set up, so there is nothing to test."))
        return redirect("people:mail")
    _count_test(person.pk)
    try:
        post.send_test_mail(server, address=person.address, subject=subject, text=text)
    except post.NotSent as not_sent:
        messages.error(request, not_sent.sentence)
    else:
        messages.success(
            request, _("The server took the mail to %(address)s. Look whether it came.") % {"address": person.address}
        )
    return redirect("people:mail")


def _count_test(person_id: int) -> None:
    key = f"people.test-mails.{person_id}"
    cache.add(key, 0, timeout=_AN_HOUR_S)
    if cache.incr(key) > _TEST_MAILS:
        raise TooManyTestMails
