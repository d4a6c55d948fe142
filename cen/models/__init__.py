"""The two rooms for a case: the administration's own records, and what was released from them."""

from cen.models.case import Case, CaseLink
from cen.models.code import Code, CodeList, HsHeading, Place
from cen.models.concealment import Concealment
from cen.models.conveyance import Conveyance
from cen.models.disclosure import Disclosure, DisclosureUserObjectPermission
from cen.models.duty_contact import DutyContact
from cen.models.flash import DRILL, Flash, FlashAddressee, FlashEscalation, FlashFollow, StepKind
from cen.models.goods import Goods
from cen.models.identifiers import CaseIdentifier, NominalIdentifier, ReleasedIdentifier
from cen.models.import_batch import ImportBatch, ImportRow
from cen.models.incident import Incident, IncidentEntry, PlaciReferral
from cen.models.media import Media
from cen.models.numbering import Numbering
from cen.models.party import CaseParty, NominalKey, Party, PartyLookup
from cen.models.released_case import Decision, ReleasedCase
from cen.models.route import RouteLeg
from cen.models.threshold import Threshold
from cen.models.warning import FollowKind, WarningAcknowledgement, WarningNotice
from cen.models.warning_feedback import WarningFeedback, WarningRequest
from cen.models.watch import WatchEntry

__all__ = [
    "DRILL",
    "Case",
    "CaseIdentifier",
    "CaseLink",
    "CaseParty",
    "Code",
    "CodeList",
    "Concealment",
    "Conveyance",
    "Decision",
    "Disclosure",
    "DisclosureUserObjectPermission",
    "DutyContact",
    "Flash",
    "FlashAddressee",
    "FlashEscalation",
    "FlashFollow",
    "FollowKind",
    "Goods",
    "HsHeading",
    "ImportBatch",
    "ImportRow",
    "Incident",
    "IncidentEntry",
    "Media",
    "NominalIdentifier",
    "NominalKey",
    "Numbering",
    "Party",
    "PartyLookup",
    "Place",
    "PlaciReferral",
    "ReleasedCase",
    "ReleasedIdentifier",
    "RouteLeg",
    "StepKind",
    "Threshold",
    "WarningAcknowledgement",
    "WarningFeedback",
    "WarningNotice",
    "WarningRequest",
    "WatchEntry",
]
