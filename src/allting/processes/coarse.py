"""What people are to the organisation, so coarse that it tells nobody: on ballots, and where answers are counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allting.processes.models import Relation


class Coarse(models.TextChoices):
    """Whose view somebody brings."""

    CUSTOMER = "customer", _("Customer or user")
    CITIZEN = "citizen", _("Citizen or neighbour")
    EMPLOYEE = "employee", _("Employee")
    PARTNER = "partner", _("Partner or supplier")
    PUBLIC = "public", _("Public body or researcher")
    OWNER = "owner", pgettext_lazy("a kind of people", "Owner")


# Competitors and networks have none: they would be few, and known.
COARSE_OF = {
    Relation.CUSTOMER: Coarse.CUSTOMER,
    Relation.THEIR_CUSTOMER: Coarse.CUSTOMER,
    Relation.END_USER: Coarse.CUSTOMER,
    Relation.CITIZEN: Coarse.CITIZEN,
    Relation.EMPLOYEE: Coarse.EMPLOYEE,
    Relation.PARTNER: Coarse.PARTNER,
    Relation.SUPPLIER: Coarse.PARTNER,
    Relation.RESEARCHER: Coarse.PUBLIC,
    Relation.PUBLIC_BODY: Coarse.PUBLIC,
    Relation.OWNER: Coarse.OWNER,
}
