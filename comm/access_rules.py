"""Who may fetch and send what in sealed groups. Roles inside a group are checked on its signed chain, not here."""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import Among, Clause, Holds, Is, IsPerson, Same, SignedIn
from accounts.access.grants import Granted
from accounts.access.policy import Policy, Rule
from accounts.access.registry import register
from accounts.roles import AT_ADMINISTRATION, Role
from accounts.scopes import Scope
from comm.models import (
    Authority,
    DeviceRequest,
    DirectoryLink,
    FilePart,
    Group,
    GroupLink,
    KeyStore,
    Leaf,
    Membership,
    Message,
    Pins,
    SealedAccount,
    SealedFile,
    Wrap,
)

anybody, person, machine = SignedIn(), IsPerson(), Holds(Role.API_CLIENT)
at_administration = Holds(*sorted(AT_ADMINISTRATION), Role.API_CLIENT, sentence="sits at an administration")
own = Same("administration_id", "administration_id", "belongs to the own administration")
an_agents = Is("officer_id", [None], "it is an agent's")
mine = own & ((person & Same("officer_id", "officer_id", "it is the officer's own")) | (machine & an_agents))
root_keeper = Holds(Role.SECRETARIAT_ADMINISTRATOR)
contact_point = Holds(Role.NCP, Role.NATIONAL_ADMINISTRATOR)


def takes_part(path: str = "") -> Clause:
    """A member's officer by his grant; a machine where an agent of its administration is a member."""
    officer = Granted(Group, "take_part", "takes part in the group", path or "pk")
    through = f"{path}__" if path else ""
    agent = Among(f"{through}agent_administrations", "administration_id", "an agent of the administration takes part")
    return (person & officer) | (machine & agent)


register(
    Policy(
        Group,
        {
            Action.READ: Rule(takes_part(), scope=Scope.SEALED),
            Action.LIST: Rule(takes_part(), scope=Scope.SEALED),
            Action.CREATE: Rule(at_administration, scope=Scope.SEALED),
            Action.AMEND: Rule(takes_part(), scope=Scope.SEALED),
        },
        about="A closed user group exists for its members only; what they may do in it stands in its signed chain.",
    )
)
for part in (GroupLink, Message, SealedFile, FilePart):
    register(
        Policy(
            part,
            {
                Action.READ: Rule(takes_part("group"), scope=Scope.SEALED),
                Action.LIST: Rule(takes_part("group"), scope=Scope.SEALED),
            },
            about="Of a closed user group; guarded by itself, not by its group.",
        )
    )
register(
    Policy(
        Membership,
        {Action.READ: Rule(mine, scope=Scope.SEALED), Action.LIST: Rule(mine, scope=Scope.SEALED)},
        about="One's own memberships; who else is a member stands in the group's chain.",
    )
)
own_wrap = Same("account__administration_id", "administration_id", "is wrapped to the own administration") & (
    (person & Same("account__officer_id", "officer_id", "is wrapped to the officer"))
    | (machine & Is("account__officer_id", [None], "is wrapped to an agent"))
)
register(
    Policy(
        Wrap,
        {Action.READ: Rule(own_wrap, scope=Scope.SEALED), Action.LIST: Rule(own_wrap, scope=Scope.SEALED)},
        about="A period's key, sealed to one account.",
    )
)
for kept in (KeyStore, Pins, DeviceRequest):
    register(
        Policy(
            kept,
            {
                Action.READ: Rule(mine, scope=Scope.SEALED),
                Action.LIST: Rule(mine, scope=Scope.SEALED),
                Action.CREATE: Rule(mine, scope=Scope.SEALED),
                Action.AMEND: Rule(mine, scope=Scope.SEALED),
            },
            about="An account's own; the server can open none of it.",
        )
    )
register(
    Policy(
        SealedAccount,
        {
            Action.READ: Rule(anybody, scope=Scope.SEALED),
            Action.LIST: Rule(anybody, scope=Scope.SEALED),
            Action.CREATE: Rule(mine & at_administration, scope=Scope.SEALED),
        },
        about="Accounts are known to all members of the network, as their chains are.",
    )
)
register(
    Policy(
        Authority,
        {
            Action.READ: Rule(anybody, scope=Scope.SEALED),
            Action.CREATE: Rule(person & own & contact_point),
        },
        about="The contact point speaks for its administration, by keys that the server has not.",
    )
)
register(
    Policy(
        DirectoryLink,
        {
            Action.READ: Rule(anybody, scope=Scope.SEALED),
            Action.LIST: Rule(anybody, scope=Scope.SEALED),
            Action.CREATE: Rule(anybody, scope=Scope.SEALED),
            Action.DIRECT: Rule(person & root_keeper),
        },
        about="The chains of the network, its administrations and accounts, for every member to verify.",
    )
)
register(Policy(Leaf, {}, about="The order of everything accepted: for the log to come; nobody reads it before."))
