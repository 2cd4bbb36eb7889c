"""Invented content for the kit page, which shows every component."""

from __future__ import annotations

from typing import Any

import numpy as np
from django import forms

from allting.web import paging, tables
from allting.web.charts import bars, opinion_map, strip

_COLOURS = [
    "paper",
    "raised",
    "sunk",
    "ink",
    "ink-quiet",
    "line",
    "edge",
    "spruce",
    "spruce-soft",
    "deep",
    "cloudberry",
    "cloudberry-soft",
    "berry",
    "berry-soft",
]
_NAMES = ["A fjord", "B brick", "C plum", "D lichen", "E glacier", "F bark"]


class Example(forms.Form):
    """One field of each look."""

    statement = forms.CharField(
        label="Your statement", help_text="One thought, at most 200 characters", widget=forms.Textarea, max_length=200
    )
    code = forms.CharField(
        label="Code from the mail",
        min_length=6,
        error_messages={"min_length": "The code has six digits; this is five."},
    )
    greeting = forms.CharField(label="Greeting", required=False)
    day = forms.DateField(label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    weeks = forms.ChoiceField(label="Length", choices=[("2", "Two weeks"), ("5", "Five weeks")], required=False)
    days = forms.ChoiceField(
        label="Days until everyone has an answer",
        choices=[("14", "14"), ("30", "30"), ("60", "60")],
        widget=forms.RadioSelect,
        initial="30",
    )
    who = forms.ChoiceField(
        label="Who may take part",
        choices=[("link", "Anyone with the link"), ("invited", "Only invited")],
        widget=forms.RadioSelect,
        initial="link",
    )
    is_agreed = forms.BooleanField(label="Tell me what comes of it", help_text="One mail, then we delete the address.")


def example() -> dict[str, Any]:
    """Return what `web/kit.html` shows."""
    return {
        "colours": _COLOURS,
        "groups": list(enumerate(_NAMES)),
        "form": Example({"statement": "Buses that run after nine", "code": "48201", "days": "30", "who": "link"}),
        "rows": [
            bars.GroupBar(group=0, name="Group A", agree=0.86, disagree=0.03, low=0.83, high=0.88),
            bars.GroupBar(group=1, name="Group B", agree=0.26, disagree=0.53, low=0.2, high=0.35),
            bars.GroupBar(group=None, name="Between", agree=0.49, disagree=0.11, low=0.44, high=0.55),
        ],
        "all_rows": [
            bars.GroupBar(group=group, name=name, agree=0.62, disagree=0.22, low=0.5, high=0.7)
            for group, name in enumerate(_NAMES)
        ],
        "thin": [
            bars.GroupBar(
                group=None,
                name="Everyone",
                agree=0.58,
                disagree=0.25,
                low=0.36,
                high=0.78,
                is_thin=True,
                has_mark=False,
            )
        ],
        "marks": [
            strip.StripMark(group=0, share=0.74, name="Walk and care"),
            strip.StripMark(group=1, share=0.23, name="Basics first"),
            strip.StripMark(group=None, share=0.4, name="In between"),
        ],
        "map": _two_groups(),
        "map_of_six": _six_groups(),
        "cloud": _one_cloud(),
        "twin": tables.Table(
            caption="The same as a table",
            columns=[
                tables.Column("Statement"),
                tables.Column("Answers", is_figure=True),
                tables.Column("A", is_figure=True),
                tables.Column("B", is_figure=True),
                tables.Column("Reads as"),
            ],
            rows=[
                [
                    tables.Cell("Bowling Green needs more competitive cable rates.", "#1"),
                    "678",
                    "86 %",
                    "79 %",
                    "unites",
                ],
                ["Make it a walking city.", "696", "83 %", "16 %", "divides"],
            ],
        ),
        "page": paging.Page(
            rows=[], number=2, page_count=30, row_count=896, previous_url="?page=1", next_url="?page=3"
        ),
    }


def _two_groups() -> opinion_map.OpinionMap:
    chance = np.random.default_rng(2018)
    places = np.vstack(
        [
            chance.normal((-1.3, -0.2), (0.9, 0.9), (853, 2)),
            chance.normal((1.8, 0.1), (0.5, 0.8), (185, 2)),
            chance.normal((0.5, 0), (0.45, 0.9), (410, 2)),
        ]
    )
    groups = [0] * 853 + [1] * 185 + [None] * 410
    stones = opinion_map.bin_people(places, groups)
    return opinion_map.OpinionMap(
        title="Two groups of opinion, one larger at the left, and people in between.",
        stones=stones,
        labels=opinion_map.labels_of(stones, {0: ("Walk and care", 853), 1: ("Basics first", 185)}),
        you=(-0.2, 0.1),
    )


def _six_groups() -> opinion_map.OpinionMap:
    chance = np.random.default_rng(6)
    middles = [(-2, 1.2), (0, 1.6), (2, 1), (-1.8, -1.2), (0.3, -1.5), (2.1, -1.1)]
    places = np.vstack([chance.normal(middle, 0.55, (90, 2)) for middle in middles])
    groups = [group for group in range(6) for _person in range(90)]
    stones = opinion_map.bin_people(places, groups)
    return opinion_map.OpinionMap(
        title="Six groups of opinion around the middle.",
        stones=stones,
        labels=opinion_map.labels_of(stones, {group: (name[2:], 90) for group, name in enumerate(_NAMES)}),
    )


def _one_cloud() -> opinion_map.OpinionMap:
    places = np.random.default_rng(412).normal((0, 0), (1.4, 0.4), (412, 2))
    return opinion_map.OpinionMap(
        title="One cloud of people without separate groups.",
        stones=opinion_map.bin_people(places, [None] * 412),
        ends=("Fewer stops, shorter trip", "A stop near every door"),
    )
