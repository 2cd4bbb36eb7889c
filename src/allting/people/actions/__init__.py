"""Every change to people: accounts, devices, roles, invitations, entry links, left addresses, the organisation."""

from allting.people.actions.accounts import (
    bring_along,
    bring_here,
    change_profile,
    erase_person,
    forget_browser,
    forget_stale_rows,
    join,
    join_as_facilitator,
    remove_device,
    sign_in_with_code,
    start_afresh,
)
from allting.people.actions.follows import (
    forget_addresses_of,
    forget_old_addresses,
    leave_address,
    remove_address,
    set_forget_on,
)
from allting.people.actions.invitations import (
    accept_invitation,
    invite,
    make_entry_link,
    revoke_entry_link,
    revoke_invitation,
)
from allting.people.actions.organisation import change_logo, change_mail, change_organisation
from allting.people.actions.roles import give_role, take_role

__all__ = [
    "accept_invitation",
    "bring_along",
    "bring_here",
    "change_logo",
    "change_mail",
    "change_organisation",
    "change_profile",
    "erase_person",
    "forget_addresses_of",
    "forget_browser",
    "forget_old_addresses",
    "forget_stale_rows",
    "give_role",
    "invite",
    "join",
    "join_as_facilitator",
    "leave_address",
    "make_entry_link",
    "remove_address",
    "remove_device",
    "revoke_entry_link",
    "revoke_invitation",
    "set_forget_on",
    "sign_in_with_code",
    "start_afresh",
    "take_role",
]
