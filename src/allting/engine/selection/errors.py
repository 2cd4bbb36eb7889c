"""What choosing refuses. Codes and data only; the application owns the words.

    InputError                  (engine) what was handed in cannot be meant
    ├── NoBallots               nobody cast a ballot
    ├── NoOptions               there is nothing to choose from
    ├── OptionTwice             two options with the same name
    ├── ApprovalTwice           a ballot approves the same option twice
    ├── UnknownOption           an approval of, or a name for, an option that does not exist
    ├── UnknownPerson           an approval by somebody who is not there
    ├── ColumnsUneven           columns of different length
    ├── SeatsTooFew             fewer than one seat
    ├── BudgetTooSmall          a budget or a step under one unit
    ├── CostTooSmall            an option that costs nothing
    ├── CostAboveBudget         an option that the whole budget cannot buy
    ├── NoSeed                  an empty seed
    ├── TooManyTies             more tied outcomes than were asked for
    └── CertificateUnreadable   a certificate that no outcome can be read from

Imports nothing outside the standard library, so that the web process may catch these without loading numpy.
"""

from allting.engine.errors import InputError


class NoBallots(InputError):
    """Nobody cast a ballot. (A blank ballot is one.)"""

    code = "no_ballots"


class NoOptions(InputError):
    """There is nothing to choose from."""

    code = "no_options"


class OptionTwice(InputError):
    """Two options have the same name. Data: `name`."""

    code = "option_twice"


class ApprovalTwice(InputError):
    """A ballot approves the same option twice. Data: `person`, `option`."""

    code = "approval_twice"


class UnknownOption(InputError):
    """An option does not exist. Data: `option`, `count`."""

    code = "unknown_option"


class UnknownPerson(InputError):
    """A person does not exist. Data: `person`, `count`."""

    code = "unknown_person"


class ColumnsUneven(InputError):
    """Two columns that belong together differ in length. Data: `expected`, `got`."""

    code = "columns_uneven"


class SeatsTooFew(InputError):
    """Fewer than one seat is to be filled. Data: `seats`."""

    code = "seats_too_few"


class BudgetTooSmall(InputError):
    """A budget, or the step in which shares are raised, is under one unit. Data: `budget`."""

    code = "budget_too_small"


class CostTooSmall(InputError):
    """An option costs less than one unit. Data: `option`, `cost`."""

    code = "cost_too_small"


class CostAboveBudget(InputError):
    """An option costs more than the whole budget: it may not stand on the ballot. Data: `option`, `cost`, `budget`."""

    code = "cost_above_budget"


class NoSeed(InputError):
    """The seed is empty. It has to be committed before voting, so none is made up here."""

    code = "no_seed"


class TooManyTies(InputError):
    """There are more tied outcomes than asked for. Data: `limit`."""

    code = "too_many_ties"


class CertificateUnreadable(InputError):
    """No outcome can be read from the certificate. Data: `why`, a code."""

    code = "certificate_unreadable"
