"""How the protocol's refusals, and the server's own, are said to clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cenlink.sealed.refusals import SENTENCES, Code, Refused
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal


class NotAdmitted(Refusal):
    """What was sent breaks a rule of the protocol; `code` is that of sealed-protocol §12."""

    status = 422


class Behind(Refusal):
    """The group moved on while this was written: fetch, look, sign anew."""

    status = 409
    code = "behind"
    sentence = _("The group moved on meanwhile. Fetch what is new, then decide and sign again.")


class Contradiction(Refusal):
    """Something else stands in this place already."""

    status = 409
    code = "conflict"
    sentence = _("Something else stands here already. Fetch it first.")


@contextmanager
def admitting() -> Iterator[None]:
    """Turns a refusal of the protocol into one of the house."""
    try:
        yield
    except Refused as refused:
        status = Behind if refused.code is Code.ORDER else NotAdmitted
        code = Behind.code if refused.code is Code.ORDER else refused.code.value
        detail = f" ({refused.detail})" if refused.detail else ""
        raise status(f"{SENTENCES[refused.code]}{detail}", code=code) from None
