"""Who may see and do what with seizures and incidents: every rule of this room, in one table.

Longer than a file should be, because a reader looks a rule up here and nowhere else.
"""

from __future__ import annotations

from accounts.access.actions import Action
from accounts.access.clause import Among, AsTask, Clause, Differs, Holds, InForce, Is, IsPerson, Same, SignedIn
from accounts.access.grants import Granted
from accounts.access.policy import Policy, Rule
from accounts.access.registry import register
from accounts.actor import SystemTask
from accounts.roles import Role
from accounts.scopes import Scope
from cen.lifecycle import EDITABLE, ONGOING, SEEN_BY_NETWORK, CaseState, IncidentState, ReleasedState
from cen.models import (
    Case,
    CaseIdentifier,
    CaseLink,
    CaseParty,
    Concealment,
    Conveyance,
    Decision,
    Disclosure,
    DutyContact,
    Flash,
    FlashAddressee,
    FlashEscalation,
    Goods,
    ImportBatch,
    ImportRow,
    Incident,
    IncidentEntry,
    Media,
    NominalIdentifier,
    NominalKey,
    Party,
    PartyLookup,
    PlaciReferral,
    ReleasedCase,
    ReleasedIdentifier,
    RouteLeg,
    Threshold,
    WarningAcknowledgement,
    WarningFeedback,
    WarningNotice,
    WarningRequest,
    WatchEntry,
)
from cen.models.disclosure import DisclosureState

anybody = SignedIn()
person = IsPerson()
own = Same("administration_id", "administration_id", "belongs to the owner administration")
entry_roles = Holds(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR)
reading_roles = Holds(
    *(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR),
    *(Role.DATA_PROTECTION, Role.API_CLIENT),
)
writing_roles = Holds(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.INVESTIGATOR, Role.API_CLIENT)
contact_point = Holds(Role.NCP)
supervisor = Holds(Role.SUPERVISOR, Role.NCP)
nominal_roles = Holds(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR)
not_the_author = Differs("author_id", "officer_id", "is not its author")
check_required = Is("administration__requires_check", [True], "its administration requires a national check")
not_the_last_editor = Differs("edited_by_id", "officer_id", "did not change it last")
not_the_releaser = Differs("released_by_id", "officer_id", "did not release it")


def stands_at(*states: str) -> Clause:
    return Is("state", sorted(states), "it stands at " + " or ".join(sorted(states)))


def in_hands_of_office(path: str = "") -> Clause:
    """The liaison office that validates, or the Secretariat where there is none."""
    office = Same(f"{path}liaison_office_id", "liaison_office_id", "belongs to the liaison office in charge") & Holds(
        Role.LIAISON_ANALYST, Role.LIAISON_HEAD, Role.API_CLIENT
    )
    secretariat = Is(f"{path}liaison_office_id", [None], "no liaison office is in charge") & Holds(
        Role.SECRETARIAT_ANALYST, sentence="is a Secretariat analyst"
    )
    return office | secretariat


in_charge = in_hands_of_office()
published = Is("state", SEEN_BY_NETWORK, "it is published")
asks = Holds(
    *(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR),
    *(Role.LIAISON_ANALYST, Role.LIAISON_HEAD, Role.SECRETARIAT_ANALYST),
)

register(
    Policy(
        Case,
        {
            Action.READ: Rule(own & reading_roles, scope=Scope.OWN_READ),
            Action.LIST: Rule(own & reading_roles, scope=Scope.OWN_READ),
            Action.CREATE: Rule(own & writing_roles, scope=Scope.OWN_WRITE),
            Action.AMEND: Rule(own & writing_roles & stands_at(*EDITABLE), scope=Scope.OWN_WRITE),
            Action.SUBMIT: Rule(person & own & entry_roles & stands_at(*EDITABLE)),
            Action.DISCARD: Rule(person & own & entry_roles & stands_at(CaseState.DRAFT, CaseState.RETURNED)),
            Action.CHECK: Rule(
                person
                & own
                & supervisor
                & not_the_author
                & not_the_last_editor
                & check_required
                & stands_at(CaseState.SUBMITTED)
            ),
            Action.SEND_BACK: Rule(person & own & supervisor & stands_at(*ONGOING)),
            Action.RELEASE: Rule(
                person
                & own
                & contact_point
                & not_the_author
                & not_the_last_editor
                & stands_at(CaseState.SUBMITTED, CaseState.CHECKED)
            ),
            Action.RECALL: Rule(person & own & contact_point & stands_at(CaseState.RELEASED)),
            Action.KEEP: Rule(person & own & contact_point & stands_at(*ONGOING)),
            Action.CORRECT: Rule(
                person & own & entry_roles & stands_at(CaseState.PUBLISHED, CaseState.REJECTED, CaseState.KEPT)
            ),
            Action.ABANDON: Rule(person & own & entry_roles & stands_at(CaseState.CORRECTING)),
            Action.WITHDRAW: Rule(person & own & contact_point & stands_at(CaseState.PUBLISHED)),
            Action.LINK: Rule(person & own & entry_roles),
            Action.MOVE: Rule(person & own & entry_roles),
            Action.READ_NOMINAL: Rule(person & own & nominal_roles, step_up=True, purpose=True),
        },
        about="nCEN: an administration's own record never leaves it.",
    )
)

for part in (Goods, RouteLeg, Conveyance, Concealment, CaseIdentifier, IncidentEntry):
    register(
        Policy(
            part,
            {Action.READ: Rule(own & reading_roles, scope=Scope.OWN_READ)},
            about="Part of an own case; guarded by itself, not by its case.",
        )
    )
of_open_case = Is("case__state", sorted(EDITABLE), "its case may be changed")
register(
    Policy(
        Media,
        {
            Action.READ: Rule(own & reading_roles, scope=Scope.OWN_READ),
            Action.CREATE: Rule(person & own & entry_roles & of_open_case),
            Action.AMEND: Rule(person & own & entry_roles & of_open_case),
            Action.DISCARD: Rule(person & own & entry_roles & of_open_case),
        },
        about="Images of an own case; what was released of them is read through the released version.",
    )
)
directs = Holds(Role.SUPERVISOR, Role.NCP, Role.INVESTIGATOR)
handled_at = Is("handling_state", sorted(set(IncidentState) - {IncidentState.CLOSED}), "it is not closed")
register(
    Policy(
        Incident,
        {
            Action.READ: Rule(own & reading_roles, scope=Scope.OWN_READ),
            Action.LIST: Rule(own & reading_roles, scope=Scope.OWN_READ),
            Action.CREATE: Rule(person & own & entry_roles),
            Action.AMEND: Rule(person & own & entry_roles & handled_at),
            Action.NOTE: Rule(person & own & entry_roles),
            Action.HANDLE: Rule(person & own & entry_roles),
            Action.DIRECT: Rule(person & own & directs),
        },
        about="Handled within its administration; who directs says how severe it is, who works on it and when it ends.",
    )
)
for linked in (PlaciReferral, CaseLink):
    register(Policy(linked, {Action.READ: Rule(own & reading_roles)}, about="Part of an own case."))

for nominal in (Party, PartyLookup, CaseParty, NominalIdentifier):
    register(
        Policy(
            nominal,
            {
                Action.READ: Rule(person & own & nominal_roles, step_up=True, purpose=True),
                Action.LOOK_UP: Rule(person & own & nominal_roles, step_up=True, purpose=True),
                Action.CREATE: Rule(person & own & nominal_roles, step_up=True, purpose=True),
                Action.AMEND: Rule(person & own & nominal_roles, step_up=True, purpose=True),
            },
            about="Nominal: never outside its administration, never to a machine, always for a purpose.",
        )
    )
register(
    Policy(
        NominalKey,
        {Action.AMEND: Rule(AsTask(SystemTask.KEY_ROTATION) & own)},
        about="Nobody reads a key; the sealing module uses it, and the operator's command rotates it.",
    )
)

register(
    Policy(
        ReleasedCase,
        {
            Action.READ: Rule(published | (own & reading_roles) | in_charge, scope=Scope.PUBLISHED_READ),
            Action.LIST: Rule(published & anybody, scope=Scope.PUBLISHED_READ),
            Action.QUEUE: Rule(person & in_charge & stands_at(ReleasedState.WAITING)),
            Action.VALIDATE: Rule(
                person & in_charge & not_the_author & not_the_releaser & stands_at(ReleasedState.WAITING),
                step_up=True,
            ),
            Action.ASK: Rule(
                person & asks & published & Differs("administration_id", "administration_id", "is not the owner")
            ),
        },
        about="CEN: published to everybody with a seat; before that its owner and the office in charge.",
    )
)
register(
    Policy(
        ReleasedIdentifier,
        {
            Action.READ: Rule((own & reading_roles) | in_charge, scope=Scope.IDENTIFIERS_READ),
            Action.SEARCH_IDENTIFIER: Rule((own & reading_roles) | in_charge, scope=Scope.IDENTIFIERS_READ),
        },
        about="Identifiers point to live targets: owner and office in charge; matching reads them as a task.",
    )
)
register(
    Policy(
        Decision,
        {Action.READ: Rule((own & reading_roles) | in_charge)},
        about="What a liaison office decided and why: for it and for the owner.",
    )
)
sets_thresholds = (
    Same("liaison_office_id", "liaison_office_id", "belongs to the liaison office in question")
    & Holds(Role.LIAISON_HEAD)
) | (
    Is("liaison_office_id", [None], "it holds everywhere")
    & Holds(Role.SECRETARIAT_ANALYST, Role.SECRETARIAT_ADMINISTRATOR)
)
register(
    Policy(
        Threshold,
        {
            Action.READ: Rule(anybody),
            Action.LIST: Rule(anybody),
            Action.CREATE: Rule(person & sets_thresholds),
            Action.AMEND: Rule(person & sets_thresholds),
        },
        about="Open to all seats; a liaison office's head sets its own, the Secretariat those of everywhere.",
    )
)

disclosed_to = Granted(Disclosure, "read_disclosed", "was granted the disclosure by name")
asked = (
    Same("asking_administration_id", "administration_id", "belongs to the asking administration")
    | Same("asking_liaison_office_id", "liaison_office_id", "belongs to the asking liaison office")
    | Same("asking_secretariat", "secretariat", "belongs to the asking Secretariat")
)
not_run_out = InForce("until", "its date has not come", open_ended=False)
asker = Same("asked_by_id", "officer_id", "asked for it")
answers = own & Holds(Role.NCP, Role.DATA_PROTECTION)
register(
    Policy(
        Disclosure,
        {
            Action.READ: Rule(person & (answers | (asked & asker))),
            Action.LIST: Rule(person & (answers | (asked & asker))),
            Action.GRANT: Rule(person & own & contact_point & stands_at(DisclosureState.ASKED), step_up=True),
            Action.REVOKE: Rule(person & own & contact_point & stands_at(DisclosureState.GRANTED)),
            Action.READ_NOMINAL: Rule(
                person & asked & disclosed_to & stands_at(DisclosureState.GRANTED) & not_run_out,
                step_up=True,
                purpose=True,
            ),
        },
        about="Nominal detail leaves by a grant only: chosen fields, to a named person, until a date.",
    )
)

secretariat_imports = Is("by_country", [True], "it goes by the file's country column") & Holds(
    Role.SECRETARIAT_ADMINISTRATOR, Role.SECRETARIAT_ANALYST
)
secretariat_rows = Is("administration_id", [None], "it belongs to an import by country column") & Holds(
    Role.SECRETARIAT_ADMINISTRATOR, Role.SECRETARIAT_ANALYST
)
import_roles = Holds(Role.OFFICER, Role.SUPERVISOR, Role.NCP)
register(
    Policy(
        ImportBatch,
        {
            Action.READ: Rule(person & ((own & import_roles) | secretariat_imports)),
            Action.LIST: Rule(person & ((own & import_roles) | secretariat_imports)),
            Action.IMPORT: Rule(person & own & import_roles),
            Action.IMPORT_BY_COUNTRY: Rule(person & secretariat_imports),
        },
        about="An import is its administration's; by country column, the Secretariat's.",
    )
)
register(
    Policy(
        ImportRow,
        {Action.READ: Rule(person & ((own & import_roles) | secretariat_rows))},
        about="What became of a row, with the cells of refused ones.",
    )
)

issuers = Holds(Role.NCP, Role.NATIONAL_ANALYST, Role.LIAISON_ANALYST, Role.LIAISON_HEAD, Role.SECRETARIAT_ANALYST)
warned_roles = Holds(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR, Role.API_CLIENT)
warning_roles = Holds(
    *(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR, Role.API_CLIENT),
    *(Role.LIAISON_ANALYST, Role.LIAISON_HEAD, Role.SECRETARIAT_ANALYST),
)


def issued_by_seat(path: str = "") -> Clause:
    """The administration, liaison office or Secretariat that issued the notice."""
    return (
        Same(f"{path}administration_id", "administration_id", "belongs to the issuing administration")
        | Same(f"{path}liaison_office_id", "liaison_office_id", "belongs to the issuing liaison office")
        | Same(f"{path}secretariat", "secretariat", "belongs to the issuing Secretariat")
    )


issuing_seat = issued_by_seat()
addressed = Among("addressee_ids", "administration_id", "belongs to an addressed administration")
register(
    Policy(
        WarningNotice,
        {
            Action.READ: Rule((issuing_seat & warning_roles) | (addressed & warned_roles), scope=Scope.ALERTS_READ),
            Action.LIST: Rule((issuing_seat & warning_roles) | (addressed & warned_roles), scope=Scope.ALERTS_READ),
            Action.ISSUE: Rule(person & issuing_seat & issuers),
            Action.ACKNOWLEDGE: Rule(person & addressed & warned_roles),
            Action.ANSWER: Rule(addressed & warned_roles, scope=Scope.ALERTS_WRITE),
        },
        about="A warning goes to whom it names; each addressed administration acknowledges for itself.",
    )
)
of_warning = (issued_by_seat("warning__") & warning_roles) | (own & warned_roles)
for said in (WarningAcknowledgement, WarningFeedback, WarningRequest):
    register(
        Policy(
            said,
            {Action.READ: Rule(of_warning, Scope.ALERTS_READ), Action.LIST: Rule(of_warning, Scope.ALERTS_READ)},
            about="Who took note, what is asked, what became of it: for the issuer, and each administration its own.",
        )
    )

flash_issuers = Holds(Role.NCP, Role.LIAISON_ANALYST, Role.LIAISON_HEAD, Role.SECRETARIAT_ANALYST)
# What endangers lives is read by everybody at the desk who gets its alert, whatever his work is otherwise.
desk_roles = Holds(
    *(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR),
    *(Role.NATIONAL_ADMINISTRATOR, Role.API_CLIENT),
)
flash_read = (issuing_seat & warning_roles) | (addressed & desk_roles)
register(
    Policy(
        Flash,
        {
            Action.READ: Rule(flash_read, scope=Scope.ALERTS_READ),
            Action.LIST: Rule(flash_read, scope=Scope.ALERTS_READ),
            Action.ISSUE: Rule(person & issuing_seat & flash_issuers, step_up=True),
            Action.ACKNOWLEDGE: Rule(person & addressed & entry_roles),
        },
        about="Issued with a fresh factor; acknowledged by a person: a machine that did would stop the escalation.",
    )
)
for beside in (FlashAddressee, FlashEscalation):
    register(
        Policy(
            beside,
            {
                Action.READ: Rule((issued_by_seat("flash__") & warning_roles) | (own & desk_roles), Scope.ALERTS_READ),
                Action.LIST: Rule((issued_by_seat("flash__") & warning_roles) | (own & desk_roles), Scope.ALERTS_READ),
            },
            about="Where a flash stands: for its issuer everywhere, for an administration its own part.",
        )
    )
register(
    Policy(
        DutyContact,
        {
            Action.READ: Rule(person & own & desk_roles),
            Action.LIST: Rule(person & own & desk_roles),
            Action.CREATE: Rule(person & own & contact_point),
            Action.AMEND: Rule(person & own & contact_point),
            Action.DISCARD: Rule(person & own & contact_point),
        },
        about="The administration's own list; issuers see its telephones once a flash stays unacknowledged.",
    )
)

watching_seat = own | Same("liaison_office_id", "liaison_office_id", "belongs to the liaison office in question")
watching_roles = Holds(
    *(Role.OFFICER, Role.SUPERVISOR, Role.NCP, Role.NATIONAL_ANALYST, Role.INVESTIGATOR),
    *(Role.LIAISON_ANALYST, Role.LIAISON_HEAD),
)
register(
    Policy(
        WatchEntry,
        {
            action: Rule(person & watching_seat & watching_roles)
            for action in (Action.READ, Action.LIST, Action.CREATE, Action.DISCARD)
        },
        about="A watch-list is its seat's; matching reads it as a task, and a hit tells by the entry's own policy.",
    )
)
