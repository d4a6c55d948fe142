"""Who may see and do what with alerts and subscriptions."""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import AsTask, Holds, Is, IsPerson, Same
from accounts.access.policy import Policy, Rule
from accounts.access.registry import register
from accounts.access_rules import looks_after_machines, own_seat
from accounts.actor import SystemTask
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT, Role
from accounts.scopes import Scope
from alerts.models import (
    Alert,
    Announcement,
    Delivery,
    DeliveryState,
    Endpoint,
    PeriodicTask,
    Subscription,
    SubscriptionVersion,
)

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
of_machines = person & looks_after_machines & desk
own_mailbox = person & own_seat & reads_inbox & personal
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
operates = person & Holds(Role.SECRETARIAT_ADMINISTRATOR)
measures = AsTask(SystemTask.MEASURING)
register(
    Policy(
        Announcement,
        {Action.LIST: Rule(operates | measures)},
        about="The outbox is worked off by the fan-out; whoever runs the network sees how it stands, not what it says.",
    )
)
register(
    Policy(
        Endpoint,
        {
            Action.READ: Rule(of_machines | own_mailbox),
            Action.LIST: Rule(of_machines),
            Action.CREATE: Rule(of_machines, step_up=True),
            Action.ISSUE: Rule(of_machines, step_up=True),
            Action.TEST: Rule(of_machines),
            Action.REVOKE: Rule(of_machines),
            Action.HANDLE: Rule(of_machines, step_up=True),
            Action.AMEND: Rule(own_mailbox),
        },
        about="Who looks after a seat's machines looks after its webhooks; a mailbox is its officer's own.",
    )
)
register(
    Policy(
        PeriodicTask,
        {Action.LIST: Rule(operates)},
        about="The timetable belongs to the beat; whoever runs the network sees when each task was last sent for.",
    )
)
register(
    Policy(
        Delivery,
        {
            Action.READ: Rule(mine, scope=Scope.ALERTS_READ),
            Action.LIST: Rule(mine, scope=Scope.ALERTS_READ),
            Action.REPLAY: Rule(of_machines & Is("state", [DeliveryState.DEAD], "it was given up")),
        },
        about="The ledger of a seat is its own; a publisher is told how many, never to whom.",
    )
)
register(Policy(SubscriptionVersion, {}, about="A count of changes, read by the fan-out only; triggers raise it."))
