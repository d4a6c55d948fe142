"""Who may see and do what with alerts and subscriptions."""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import Holds, Is, IsPerson, Same
from accounts.access.policy import Policy, Rule
from accounts.access.registry import register
from accounts.access_rules import own_seat
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT, Role
from accounts.scopes import Scope
from alerts.models import Alert, Announcement, Subscription

person = IsPerson()
desk = Is("officer_id", [None], "it is the desk's")
personal = Same("officer_id", "officer_id", "it is the officer's own")
reads_inbox = Holds(
    *sorted((AT_ADMINISTRATION | AT_LIAISON_OFFICE | AT_SECRETARIAT) - {Role.DATA_PROTECTION}),
    Role.API_CLIENT,
    sentence="works at the desk",
)
desk_keeper = Holds(Role.NCP, Role.NATIONAL_ANALYST, Role.LIAISON_HEAD, Role.LIAISON_ANALYST, Role.SECRETARIAT_ANALYST)
mine = own_seat & reads_inbox & (desk | personal)
follows = person & own_seat & reads_inbox & (personal | (desk & desk_keeper))

register(
    Policy(
        Alert,
        {
            Action.READ: Rule(mine, scope=Scope.ALERTS_READ),
            Action.LIST: Rule(mine, scope=Scope.ALERTS_READ),
            Action.AMEND: Rule(mine, scope=Scope.ALERTS_WRITE),
            Action.ACKNOWLEDGE: Rule(mine, scope=Scope.ALERTS_WRITE),
        },
        about="An inbox is its seat's and its officer's.",
    )
)
register(
    Policy(
        Subscription,
        {
            Action.READ: Rule(person & mine),
            Action.LIST: Rule(person & mine),
            Action.CREATE: Rule(follows),
            Action.AMEND: Rule(follows),
            Action.DISCARD: Rule(follows),
        },
        about="An officer follows for himself; contact point and analysts for the desk.",
    )
)
register(Policy(Announcement, {}, about="The outbox is read by the fan-out only."))
