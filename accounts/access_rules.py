"""Who may see and change who is who."""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import Differs, Holds, Is, IsPerson, Same, SignedIn
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
from accounts.roles import AT_ADMINISTRATION, AT_SECRETARIAT, Role
from accounts.scopes import Scope

anybody = SignedIn()
own_administration = Same("administration_id", "administration_id", "belongs to the object's administration")
own_liaison_office = Same("liaison_office_id", "liaison_office_id", "belongs to the object's liaison office")
own_secretariat = Same("secretariat", "secretariat", "belongs to the Secretariat")
own_seat = own_administration | own_liaison_office | own_secretariat
# The roles that see what others may not; only a contact point gives them, so that whoever merely looks after
# accounts can't make himself one.
TRUSTED = frozenset({Role.NCP, Role.NATIONAL_ADMINISTRATOR, Role.DATA_PROTECTION})
WITHOUT_TRUST = AT_ADMINISTRATION - TRUSTED
FROM_THE_SECRETARIAT = frozenset({Role.NCP, Role.LIAISON_HEAD}) | AT_SECRETARIAT

for_administration = own_administration & (
    (Holds(Role.NCP) & Is("role", sorted(AT_ADMINISTRATION), "the role is one of administrations"))
    | (
        Holds(Role.NATIONAL_ADMINISTRATOR)
        & Is("role", sorted(WITHOUT_TRUST), "the role is neither contact point, administrator nor data protection")
    )
)
for_liaison_office = (
    own_liaison_office & Holds(Role.LIAISON_HEAD) & Is("role", [Role.LIAISON_ANALYST], "the role is analyst")
)
for_network = Holds(Role.SECRETARIAT_ADMINISTRATOR) & Is(
    "role", sorted(FROM_THE_SECRETARIAT), "the role is contact point, head of liaison office or Secretariat"
)
looks_after_people = for_administration | for_liaison_office | for_network
looks_after_machines = (
    (own_administration & Holds(Role.NCP))
    | (own_liaison_office & Holds(Role.LIAISON_HEAD, Role.LIAISON_ANALYST))
    | (own_secretariat & Holds(Role.SECRETARIAT_ADMINISTRATOR))
)
somebody_else = Differs("officer_id", "officer_id", "is not the person in question")

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
            Action.AMEND: Rule(
                IsPerson() & Same("id", "officer_id", "is the officer in question"), step_up=True, while_recovering=True
            ),
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
            Action.CREATE: Rule(looks_after_people & somebody_else, step_up=True),
            Action.REVOKE: Rule(looks_after_people & somebody_else, step_up=True),
            Action.RESET_FACTOR: Rule(looks_after_people & somebody_else, step_up=True),
        },
        about=(
            "Who holds which role is open within the network; the seat's own contact point changes it, the "
            "Secretariat for contact points and heads of liaison offices. Nobody changes his own."
        ),
    )
)
register(
    Policy(
        Invitation,
        {
            Action.READ: Rule(looks_after_people),
            Action.LIST: Rule(looks_after_people),
            Action.CREATE: Rule(looks_after_people, step_up=True),
            Action.REVOKE: Rule(looks_after_people),
        },
        about="A seat invites for itself; the Secretariat invites contact points and heads of liaison offices.",
    )
)
register(
    Policy(
        ApiCredential,
        {
            Action.READ: Rule(looks_after_machines),
            Action.LIST: Rule(looks_after_machines),
            Action.CREATE: Rule(IsPerson() & looks_after_machines, step_up=True),
            Action.REVOKE: Rule(IsPerson() & looks_after_machines),
        },
        about="A seat's machine keys are made by its own people; a key never makes a key.",
    )
)
