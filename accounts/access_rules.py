"""Who may see and change who is who."""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import Holds, IsPerson, Same, SignedIn
from accounts.access.policy import Policy, Rule
from accounts.access.registry import register
from accounts.models import (
    Administration,
    ApiCredential,
    Invitation,
    LiaisonOffice,
    LiaisonOfficeMembership,
    Office,
    Officer,
    Posting,
    Region,
    Secretariat,
)
from accounts.roles import Role
from accounts.scopes import Scope

anybody = SignedIn()
own_administration = Same("administration_id", "administration_id", "belongs to the object's administration")
own_liaison_office = Same("liaison_office_id", "liaison_office_id", "belongs to the object's liaison office")
own_secretariat = Same("secretariat", "secretariat", "belongs to the Secretariat")
own_seat = own_administration | own_liaison_office | own_secretariat
looks_after_people = Holds(Role.NCP, Role.NATIONAL_ADMINISTRATOR, Role.LIAISON_HEAD, Role.SECRETARIAT_ADMINISTRATOR)

for directory in (Region, LiaisonOffice, LiaisonOfficeMembership, Administration, Office, Secretariat):
    register(
        Policy(
            directory,
            {
                Action.READ: Rule(anybody, scope=Scope.REFERENCE_READ),
                Action.LIST: Rule(anybody, scope=Scope.REFERENCE_READ),
            },
            about="The directory is open to everybody with a seat.",
        )
    )

register(
    Policy(
        Officer,
        {
            Action.READ: Rule(anybody),
            Action.LIST: Rule(anybody),
            Action.VISIT: Rule(IsPerson() & Same("id", "officer_id", "is the officer in question")),
        },
        about="Names of officers are open within the network; an account is its owner's.",
    )
)
register(
    Policy(
        Posting,
        {
            Action.READ: Rule(anybody),
            Action.LIST: Rule(anybody),
            Action.CREATE: Rule(own_seat & looks_after_people, step_up=True),
            Action.REVOKE: Rule(own_seat & looks_after_people, step_up=True),
        },
        about="Who holds which role is open within the network; the seat's own contact point changes it.",
    )
)
register(
    Policy(
        Invitation,
        {
            Action.READ: Rule(own_seat & looks_after_people),
            Action.LIST: Rule(own_seat & looks_after_people),
            Action.CREATE: Rule(own_seat & looks_after_people, step_up=True),
            Action.REVOKE: Rule(own_seat & looks_after_people),
        },
        about="A seat invites for itself.",
    )
)
register(
    Policy(
        ApiCredential,
        {
            Action.READ: Rule(own_seat & looks_after_people),
            Action.LIST: Rule(own_seat & looks_after_people),
            Action.CREATE: Rule(IsPerson() & own_seat & looks_after_people, step_up=True),
            Action.REVOKE: Rule(IsPerson() & own_seat & looks_after_people),
        },
        about="A seat's machine keys are made by its own people; a key never makes a key.",
    )
)
