"""Reading what people said: the map, what unites and divides, tables and downloads."""

from __future__ import annotations

import csv
from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allting.opinions import downloads, history, maps, picking, queries, rankings, report
from allting.opinions import results as found
from allting.opinions.camps import lens
from allting.opinions.stored import get_map
from allting.opinions.twin import statements_as_table
from allting.people import qr
from allting.processes import participation, who
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record.errors import NotFound
from allting.record.viewers import Request
from allting.web import htmx, paging
from allting.web.charts import picture


@require_safe
def results(request: Request, conversation_id: int) -> HttpResponse:
    """Show the finding and the map, or how far it is, or why nothing is shown."""
    context = _load(request, conversation_id)
    if context["results"] is None:
        return htmx.part_or_page(request, "opinions/results_waiting.html#state", context)
    # The waiting page asks again by itself; once there is a map it is a page of its own.
    if htmx.wants_part(request):
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "opinions/results.html", context)


@require_safe
def table(request: Request, conversation_id: int) -> HttpResponse:
    """Show the same figures in rows."""
    context = _load_published(request, conversation_id)
    page = paging.page_of(request, context["results"].rows())
    return render(
        request,
        "opinions/results_table.html",
        {**context, "page": page, "twin": statements_as_table(context["results"], page.rows)},
    )


@require_safe
def ranking(request: Request, conversation_id: int, ranking: str) -> HttpResponse:
    """Show a whole list of which the results show the top."""
    context = _load_published(request, conversation_id)
    whole: found.Results = context["results"]
    listed = rankings.ranking_of(whole, ranking)
    page = paging.page_of(request, list(listed.statements))
    findings = [
        replace(finding, note=listed.notes.get(statement, finding.note))
        for statement, side in page.rows
        for finding in [whole.finding(statement, side=side, letter=listed.letter)]
    ]
    return render(request, "opinions/ranking.html", {**context, "ranking": listed, "page": page, "findings": findings})


@require_safe
def camps(request: Request, conversation_id: int) -> HttpResponse:
    """Show what people who are different things to the organisation both support."""
    context = _load_published(request, conversation_id)
    whole = lens.read_lens(context["results"], process=context["process"])
    page = paging.page_of(request, list(whole.rows))
    findings = [whole.finding(statement) for statement in page.rows]
    shown = {"lens": whole, "page": page, "findings": findings, "twin": whole.table(page.rows)}
    return render(request, "opinions/camps.html", {**context, **shown})


@require_safe
def over_time(request: Request, conversation_id: int) -> HttpResponse:
    """Show a map of an earlier date, and what has moved since."""
    context = _load_published(request, conversation_id)
    now: found.Results = context["results"]
    stored = history.list_stored_maps(conversation_id=conversation_id)
    chosen = history.choose(stored, pk=request.GET.get("map", ""), step=request.GET.get("step", ""))
    is_latest = chosen.pk == now.snapshot.pk
    then = now if is_latest else found.results_of(get_map(chosen.pk), conversation=now.conversation)
    moved = history.moves(then, now)
    context |= {
        "stored": stored,
        "chosen": chosen,
        "earlier": stored[chosen.step - 2] if chosen.step > 1 else None,
        "later": stored[chosen.step] if chosen.step < len(stored) else None,
        "then": then,
        "drawing": then.drawing(),
        "sizes": None if is_latest else history.sizes_as_table(then=then, now=now),
        "moved": moved,
        "moves": history.moves_as_table(moved, then=then, now=now),
        "page": paging.page_of(request, stored[::-1]),
        # The slider changes another part of the page.
        "courses": None if htmx.wants_part(request) else history.read_courses(stored=stored, now=now),
    }
    return htmx.part_or_page(request, "opinions/over_time.html#then", context)


@require_safe
def map_page(request: Request, conversation_id: int) -> HttpResponse:
    """Show the map alone, to look into on a phone or to put on a wall with the code to take part."""
    context = _load_published(request, conversation_id)
    whole: found.Results = context["results"]
    wanted = {name: request.GET.get(name, "") for name in ("statement", "group")}
    picked = picking.pick(whole, **wanted)
    is_wall = request.GET.get("wall") == "on"
    kept = {name: value for name, value in wanted.items() if value}
    address = _way_in(request, context["standing"])
    context |= {
        "pick": picked,
        # What hangs on a wall is not about whoever put it there.
        "drawing": replace(picked.drawing, you=None) if is_wall else picked.drawing,
        "offered": picking.offered(whole),
        "is_wall": is_wall,
        "wall_query": urlencode({**kept, "wall": "on"}),
        "plain_query": urlencode(kept),
        "code": b64encode(qr.draw(address).encode()).decode() if is_wall else "",
        "shown_address": address.partition("://")[2],
        "page": paging.page_of(request, [whole.statements[it] for it in whole.rows()]),
    }
    return htmx.part_or_page(request, "opinions/map.html#look", context)


def _way_in(request: Request, standing: queries.Standing) -> str:
    """Return the address by which others take part.

    Where only the invited do, it is the entry link, which only those who look after the process may put on a wall.
    """
    process = standing.process
    if process and process.open_to == Process.OpenTo.INVITED and standing.may_facilitate:
        path = processes.path_for_passing_on(process)
        if path:
            return settings.PUBLIC_URL + path
    return request.build_absolute_uri(reverse("opinions:conversation", args=[standing.conversation.pk]))


@require_safe
def read_report(request: Request, conversation_id: int) -> HttpResponse:
    """Show everything that is published in one column, to be read or printed."""
    context = _load_published(request, conversation_id)
    whole: found.Results = context["results"]
    counted = participation.counted(context["process"]) if context["process"] else None
    context |= {
        "counted": counted,
        "who": who.tell(counted) if counted else None,
        "report": report.write_report(whole),
        "camps": (by_camps := lens.read_lens(whole, process=context["process"])),
        "camps_findings": [by_camps.finding(it) for it in by_camps.supported[: report.LISTED]],
        # A report is passed on: where the reader stands has no place on it.
        "drawing": replace(whole.drawing(), you=None),
        "address": request.build_absolute_uri(reverse("opinions:results", args=[conversation_id])),
        "data_address": request.build_absolute_uri(reverse("opinions:download_json", args=[conversation_id])),
    }
    return render(request, "opinions/report.html", context)


@require_safe
def download_csv(request: Request, conversation_id: int) -> HttpResponse:
    """Hand out the published figures, one row a statement."""
    whole: found.Results = _load_published(request, conversation_id)["results"]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="conversation-{conversation_id}.csv"'
    response.write("\ufeff")  # spreadsheets take the letters for what they are only with a byte order mark
    csv.writer(response).writerows(downloads.csv_rows(whole))
    return response


@require_safe
def download_json(request: Request, conversation_id: int) -> HttpResponse:
    """Hand out everything that is published, with method, version and input digest."""
    whole: found.Results = _load_published(request, conversation_id)["results"]
    response = JsonResponse(downloads.as_json(whole), json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Disposition"] = f'attachment; filename="conversation-{conversation_id}.json"'
    return response


@require_safe
def download_picture(request: Request, conversation_id: int, form: str) -> HttpResponse:
    """Hand out the map as a picture, without the place of whoever asks."""
    whole: found.Results = _load_published(request, conversation_id)["results"]
    if whole.is_too_early:
        raise NotFound(_("It is too early for a map of this conversation, so there is no picture of it yet."))
    address = request.build_absolute_uri(reverse("opinions:results", args=[conversation_id]))
    laid_out = picture.lay_out(
        whole.drawing(),
        question=whole.conversation.item.title,
        headline=whole.headline,
        source=downloads.source_of_picture(whole, address=address),
    )
    if form == "png":
        response = HttpResponse(picture.as_png(laid_out), content_type="image/png")
    else:
        response = HttpResponse(picture.as_svg(laid_out), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="conversation-{conversation_id}-map.{form}"'
    return response


@require_safe
def method(request: Request) -> HttpResponse:
    """Say in plain words how maps are made and checked."""
    return render(request, "opinions/method.html")


def _load(request: Request, conversation_id: int) -> dict[str, Any]:
    standing = queries.get_conversation_for(request.viewer, conversation_id, to="look", now=timezone.now())
    request.current_activity = standing.activity
    return {
        "standing": standing,
        "conversation": standing.conversation,
        "process": standing.process,
        "results": found.read_results(conversation=standing.conversation, actor=request.viewer.actor),
        "share_done": maps.is_being_drawn(conversation_id),
        "has_order": queries.has_order(conversation_id=conversation_id),
    }


def _load_published(request: Request, conversation_id: int) -> dict[str, Any]:
    context = _load(request, conversation_id)
    if context["results"] is None:
        raise NotFound(_("There is no map of this conversation yet. It comes when five people have answered."))
    return context
