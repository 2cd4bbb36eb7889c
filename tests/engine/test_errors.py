"""The engine's errors, and that what the web process needs of the engine loads nothing heavy."""

import subprocess
import sys

from allting.engine import errors


def test_errors_and_progress_load_no_numbers() -> None:
    program = (
        "import sys, allting.engine.errors, allting.engine.progress;"
        "print(*sorted({'numpy', 'scipy', 'sklearn', 'numba'} & set(sys.modules)))"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == ""


def test_an_error_carries_its_code_and_data_but_no_sentence() -> None:
    error = errors.PairTwice(participant=3, statement=5)

    assert error.code == "pair_twice"
    assert error.data == {"participant": 3, "statement": 5}
    assert str(error) == "pair_twice participant=3 statement=5"


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [errors.EngineError, errors.InputError, *errors.InputError.__subclasses__()]

    assert len({kind.code for kind in kinds}) == len(kinds)
