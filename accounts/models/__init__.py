"""Who is who."""

from accounts.models.administration import Administration
from accounts.models.api_credential import ApiCredential
from accounts.models.invitation import Invitation
from accounts.models.letter import Letter, LetterKind
from accounts.models.liaison_office import LiaisonOffice, LiaisonOfficeMembership
from accounts.models.office import Office
from accounts.models.officer import Officer
from accounts.models.posting import Posting
from accounts.models.region import Region
from accounts.models.secretariat import Secretariat
from accounts.models.session import Session

__all__ = [
    "Administration",
    "ApiCredential",
    "Invitation",
    "Letter",
    "LetterKind",
    "LiaisonOffice",
    "LiaisonOfficeMembership",
    "Office",
    "Officer",
    "Posting",
    "Region",
    "Secretariat",
    "Session",
]
