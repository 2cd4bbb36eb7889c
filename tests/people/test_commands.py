"""`allting sign-in-link ADDRESS`."""

from __future__ import annotations

import argparse

import pytest

from allting.people import commands
from allting.people.models import Person

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.fill_sign_in_link(parser)
    return commands.sign_in_link(parser.parse_args(words))


def test_it_prints_a_link_that_signs_in(client, capsys):
    code = run("anna@example.org")

    printed = capsys.readouterr().out.strip()
    assert code == 0
    assert printed.startswith("http://localhost:8000/people/sign-in/link/")
    assert client.post(printed.removeprefix("http://localhost:8000")).status_code == 302
    assert Person.objects.get().address == "anna@example.org"


def test_what_is_no_address_is_one_sentence_and_exit_code_2(capsys):
    assert run("anna") == 2
    assert "anna is no mail address" in capsys.readouterr().err
