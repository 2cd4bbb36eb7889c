"""What every page's header and footer link to. Costs no query but what `strategy.counts` remembers for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from allting.demo import urls as demo
from allting.processes import activity_kinds, queries, rules
from allting.processes.models import Activity, Process
from allting.record.viewers import Viewer
from allting.strategy import counts as strategy


@dataclass(frozen=True, slots=True)
class PageLink:
    label: str
    url: str
    is_current: bool = False


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the header's and the footer's links.

    A view that belongs to a process sets `request.current_activity` (with phase and process loaded), one that shows
    items of any kind `request.current_item`; other pages have no process to link to.
    """
    viewer: Viewer | None = getattr(request, "viewer", None)
    activity = _where(request)
    example = _to_example(request)
    # Those who have signed in have more to go to than fits beside it; they find it at the foot.
    in_header = [] if viewer is not None and viewer.is_signed_in else example
    return {
        "page_warning": _warning(activity),
        "navigation": [*_to_process(request, activity, viewer), *_to_work(request, activity, viewer), *in_header],
        "account": _account(request, viewer),
        "account_links": _to_rest(request, activity, viewer),
        "footer_links": [
            PageLink(_("All questions"), reverse("processes:processes")),
            PageLink(_("How we treat your data"), reverse("people:privacy")),
            PageLink(_("Imprint"), reverse("people:imprint")),
            PageLink(_("Accessibility"), reverse("people:accessibility")),
            *example,
        ],
    }


def _where(request: HttpRequest) -> Activity | None:
    """Return the activity that the page belongs to, or that goes on in the process of the item it shows."""
    activity: Activity | None = getattr(request, "current_activity", None)
    if activity is None and (item := getattr(request, "current_item", None)) is not None:
        return queries.activity_around(item)
    return activity


def _warning(activity: Activity | None) -> str:
    """Say on every page of a rehearsal that it is one."""
    if activity is None or not activity.phase.process.is_rehearsing:
        return ""
    return _("This is a rehearsal. Try everything out: nothing counts, and all of it will be wiped.")


def _to_process(request: HttpRequest, activity: Activity | None, viewer: Viewer | None) -> list[PageLink]:
    if activity is None:
        return []
    kind = activity_kinds.registered()[activity.kind]
    page = reverse("processes:process", args=[activity.phase.process_id])
    results = kind.results(activity.item_id)
    at_front = request.path in {reverse("processes:front"), page, kind.address(activity.item_id)}
    story = reverse("answers:story", args=[activity.phase.process_id])
    has_closed = activity.phase.process.state == Process.State.CLOSED
    return [
        PageLink(_("The question") if has_closed else _("Take part"), page, at_front),
        PageLink(_("Results"), results, request.path.startswith(results)),
        *_to_strategy(request, activity.phase.process_id),
        PageLink(_("Story"), story, request.path == story),
    ]


def _to_strategy(request: HttpRequest, process_id: int) -> list[PageLink]:
    """Lead to priorities and promises as soon as there are any in public."""
    there = strategy.of_process(process_id)
    links = []
    if there.priorities:
        priorities = reverse("strategy:priorities", args=[process_id])
        links.append(PageLink(_("Priorities"), priorities, request.path == priorities))
    if there.promises:
        promises = reverse("strategy:promises", args=[process_id])
        links.append(PageLink(_("Promises"), promises, request.path == promises))
    return links


def _to_work(request: HttpRequest, activity: Activity | None, viewer: Viewer | None) -> list[PageLink]:
    links: list[PageLink] = []
    if viewer is None:
        return links
    if activity is not None and rules.may_facilitate(viewer, activity.phase.process):
        workbench = reverse("processes:workbench", args=[activity.phase.process_id])
        links.append(PageLink(_("Workbench"), workbench, request.path == workbench))
    if viewer.actor is not None:
        links.append(_to_own(request, viewer))
    if viewer.is_signed_in and activity is None:
        links.append(_to_questions(request))
    return links


def _to_rest(request: HttpRequest, activity: Activity | None, viewer: Viewer | None) -> list[PageLink]:
    """Lead to what is not about the process that one is in: it stands behind one's name, so that a line is enough."""
    if viewer is None or not viewer.is_signed_in or activity is None:
        return []
    return [_to_questions(request)]


def _to_questions(request: HttpRequest) -> PageLink:
    questions = reverse("processes:processes")
    return PageLink(_("Questions"), questions, request.path == questions)


def _to_own(request: HttpRequest, viewer: Viewer) -> PageLink:
    """Lead those with a role to what waits for them, everybody else to their own part."""
    name, words = ("answers:waiting", _("Waiting for you")) if viewer.roles else ("answers:mine", _("My part"))
    return PageLink(words, reverse(name), request.path == reverse(name))


def _to_example(request: HttpRequest) -> list[PageLink]:
    """Lead back to the ways into the living example, where there is one: only a demo has its addresses."""
    if not demo.urlpatterns:
        return []
    example = reverse("demo:progress")
    return [PageLink(_("The example"), example, request.path == example)]


def _account(request: HttpRequest, viewer: Viewer | None) -> PageLink | None:
    if viewer is None or request.path == reverse("people:sign_in"):
        return None
    if viewer.is_signed_in:
        return PageLink(str(viewer.person), reverse("people:me"))
    return PageLink(_("Sign in"), reverse("people:sign_in"))
