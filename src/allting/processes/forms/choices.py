"""The seven choices that start a process, and how they are read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from allting.people.models import Person
from allting.processes import rules
from allting.processes.actions import Choices
from allting.processes.blueprints import Blueprint, PhasePlan
from allting.processes.forms.inputs import LaterDay, LaterNumber, LaterText, day_input, lines
from allting.processes.models import DecisionRight, Phase, Process
from allting.web.numbers import day

LONGEST_WEEKS = 26
ANSWER_DAYS = (14, 30, 60)
QUESTION_LENGTH = 160


def _weeks(count: int) -> str:
    return ngettext("%(count)d week", "%(count)d weeks", count) % {"count": count}


class SevenChoices(forms.Form):
    """The seven choices that start a process. A draft needs the question; announcing needs the rest."""

    use_required_attribute = False

    question = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("One question a stranger understands. It becomes the headline."),
        max_length=QUESTION_LENGTH,
        widget=lines(2),
        error_messages={"required": gettext_lazy("Write the question. Everything else can wait.")},
    )
    open_to = forms.ChoiceField(
        label=gettext_lazy("Who may take part"), choices=Process.OpenTo.choices, widget=forms.RadioSelect
    )
    audience = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("For instance: everyone who lives or works here."),
        max_length=200,
        required=False,
    )
    starts_on = LaterDay(label=gettext_lazy("First day"), widget=day_input())
    weeks = LaterNumber(label=gettext_lazy("Open for"), coerce=int, empty_value=None)
    decider_name = LaterText(label=gettext_lazy("Name"), max_length=100)
    decider_title = forms.CharField(label=gettext_lazy("Title, such as mayor"), max_length=100, required=False)
    up_for_decision = LaterText(
        label=gettext_lazy("What this person decides with it"),
        help_text=gettext_lazy("For instance: which of your proposals we do first, and what we leave."),
        max_length=DecisionRight.WHAT_LENGTH,
        widget=lines(2),
    )
    not_up_for_decision = LaterText(
        label=gettext_lazy("What is not up for decision"),
        help_text=gettext_lazy(
            "The most important line on the page. Most complaints elsewhere come from leaving it empty."
        ),
        max_length=1000,
        widget=lines(3),
    )
    answer_days = forms.TypedChoiceField(
        label=gettext_lazy("Days until everyone has an answer"),
        help_text=gettext_lazy("Counted from the closing day."),
        coerce=int,
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )

    def __init__(self, *args: Any, today: date, blueprint: Blueprint, days: int = 30, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.later = [_later_name(number) for number, plan in _later_plans(blueprint) if plan.weeks]
        for number, plan in _later_plans(blueprint):
            if plan.weeks:
                self.fields[_later_name(number)] = _later_weeks(plan)
        weeks = self.fields["weeks"]
        answer_days = self.fields["answer_days"]
        languages = self.fields["languages"]
        assert isinstance(weeks, forms.ChoiceField)
        assert isinstance(answer_days, forms.ChoiceField)
        assert isinstance(languages, forms.ChoiceField)
        weeks.choices = [("", "–"), *((count, _weeks(count)) for count in range(1, LONGEST_WEEKS + 1))]
        answer_days.choices = [(count, str(count)) for count in sorted({*ANSWER_DAYS, days})]
        languages.choices = [
            (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
        ]

    def clean_question(self) -> str:
        """Write it on one line: it becomes a headline."""
        return " ".join(str(self.cleaned_data["question"]).split())

    def clean_starts_on(self) -> date | None:
        starts_on: date | None = self.cleaned_data["starts_on"]
        if starts_on and starts_on < self.today:
            raise ValidationError(_("%(day)s has passed. Choose today or a later day.") % {"day": day(starts_on)})
        return starts_on

    def choices(self, *, sponsor: Person | None = None) -> Choices:
        """Return what was chosen so far; what cannot be read is left out, for the preview."""
        chosen = self.cleaned_data if self.is_bound else self.initial
        return Choices(
            question=chosen.get("question") or "",
            open_to=Process.OpenTo(chosen.get("open_to") or Process.OpenTo.LINK),
            audience=chosen.get("audience") or "",
            starts_on=chosen.get("starts_on"),
            weeks=chosen.get("weeks"),
            decider_name=chosen.get("decider_name") or "",
            decider_title=chosen.get("decider_title") or "",
            up_for_decision=chosen.get("up_for_decision") or "",
            not_up_for_decision=chosen.get("not_up_for_decision") or "",
            answer_days=chosen.get("answer_days") or 30,
            languages=tuple(chosen.get("languages") or ()),
            sponsor=sponsor,
            weeks_after=tuple(chosen.get(name) for name in self.later),
        )

    def later_fields(self) -> list[BoundField]:
        """Return how long each later step is."""
        return [self[name] for name in self.later]

    def stones(self) -> dict[str, str]:
        """Return for each of the seven whether it is done, here (the first that is not) or coming."""
        choices = self.choices()
        is_done = {
            "question": bool(choices.question),
            "open_to": True,
            "dates": bool(choices.last_day),
            "decider": bool(choices.decider_name and choices.up_for_decision),
            "not_up_for_decision": bool(choices.not_up_for_decision),
            "answer_days": True,
            "languages": bool(choices.languages),
        }
        here = next((name for name, done in is_done.items() if not done), None)
        return {name: "done" if done else "here" if name == here else "coming" for name, done in is_done.items()}


def _later_plans(blueprint: Blueprint) -> list[tuple[int, PhasePlan]]:
    return list(enumerate(blueprint.phases, start=1))[1:]


def _later_name(number: int) -> str:
    return f"weeks_{number}"


def _later_weeks(plan: PhasePlan) -> LaterNumber:
    return LaterNumber(
        label=_("Then %(step)s for") % {"step": str(plan.kind.label).lower()},
        choices=[(count, _weeks(count)) for count in range(1, LONGEST_WEEKS + 1)],
        coerce=int,
        empty_value=None,
        initial=plan.weeks,
    )


def choices_again(earlier: Process, today: date) -> Choices:
    """Return the choices of an earlier process for the same week of another year: as they were held, but the dates."""
    again = choices_of(earlier)
    starts_on = rules.same_week_next_year(again.starts_on, today) if again.starts_on else None
    return replace(again, starts_on=starts_on)


def choices_of(process: Process) -> Choices:
    """Return the choices that a draft was saved with; of a process that was held, the weeks it had in the end."""
    # The first phase has the dates that were chosen; those of a longer template follow from them.
    first, *later = process.phases.all()
    starts_on = rules.local_day(first.starts_at) if first.starts_at else None
    return Choices(
        question=process.item.title,
        open_to=Process.OpenTo(process.open_to),
        audience=process.audience,
        starts_on=starts_on,
        weeks=_weeks_of(first),
        decider_name=process.decider_name,
        decider_title=process.decider_title,
        up_for_decision=process.up_for_decision,
        not_up_for_decision=process.not_up_for_decision,
        answer_days=process.answer_days,
        languages=tuple(process.languages),
        sponsor=process.sponsor,
        weeks_after=tuple(_weeks_of(phase) for phase in later),
    )


def _weeks_of(phase: Phase) -> int | None:
    """Return how many weeks a phase has, to the nearest and at least one; None without both days."""
    if not phase.starts_at or not phase.ends_at:
        return None
    days = (rules.local_day(phase.ends_at) - rules.local_day(phase.starts_at)).days
    return min(max(1, round(days / 7)), LONGEST_WEEKS)


def initial_of(choices: Choices) -> Mapping[str, object]:
    """Return the choices as the form shows them."""
    chosen = {name: getattr(choices, name) for name in SevenChoices.base_fields}
    later = {_later_name(number): weeks for number, weeks in enumerate(choices.weeks_after, start=2) if weeks}
    return chosen | later
