from __future__ import annotations

from django import forms
from django.template import Context, Template
from django.utils import translation


class Say(forms.Form):
    text = forms.CharField(label="Your statement", help_text="One thought", widget=forms.Textarea, max_length=20)
    who = forms.ChoiceField(label="Who", choices=[("a", "All"), ("b", "Some")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Tell me", help_text="One mail.")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    greeting = forms.CharField(label="Greeting", required=False)


def test_a_wrong_field_says_so_by_words_bar_and_relation() -> None:
    html = str(Say({"text": ""})["text"].as_field_group())

    assert "field-wrong" in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_text_error"' in html
    assert "id_text_helptext id_text_error" in html
    assert "This is still empty." in html


def test_what_was_typed_stays_even_when_it_is_too_long() -> None:
    typed = "x" * 5000

    html = str(Say({"text": typed}))

    assert typed in html
    assert "maxlength" not in html
    assert "At most 20 characters fit; this is 5000." in html


def test_the_summary_links_to_each_wrong_field() -> None:
    html = str(Say({"text": ""}))

    assert "Three things to put right." in html
    assert 'href="#id_text"' in html
    assert 'href="#id_who_0"' in html
    assert 'id="id_who_0"' in html
    assert 'role="alert"' in html


def test_a_form_in_order_has_no_summary() -> None:
    form = Say({"text": "Buses", "who": "a", "agreed": "on"})

    assert Template("{% error_summary form %}").render(Context({"form": form})) == ""


def test_hidden_fields_are_sent_along_unseen() -> None:
    html = str(Say())

    assert '<input type="hidden" name="secret"' in html


def test_only_fields_that_may_be_left_out_say_so() -> None:
    html = str(Say())

    assert html.count("(may be left out)") == 1


def test_each_choice_is_one_label() -> None:
    html = str(Say()["who"].as_field_group())

    assert html.count('<label class="choice"') == 2
    assert "<legend" in html


def test_a_counter_counts_what_is_already_there() -> None:
    html = str(Say({"text": "Buses"})["text"].as_field_group())

    assert "5 of 20" in html
    assert 'data-counts="id_text"' in html


def test_the_errors_speak_swedish() -> None:
    with translation.override("sv"):
        assert "Här är det fortfarande tomt." in str(Say({}))
