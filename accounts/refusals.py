"""How the house says no. One sentence, a code, what to do; never a detail about what one may not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says about one place of an input.

    pointer: path into the input such as `goods/0/quantity` ('' for the whole). severity: `error` stops,
    `confirm` stops until confirmed, `warning` only tells. suggestion: a value that would pass, if known.
    """

    code: str
    sentence: str
    pointer: str = ""
    severity: str = "error"
    suggestion: str = ""

    def as_problem(self) -> dict[str, str]:
        """The finding in a problem document (RFC 9457 `errors` member)."""
        problem = {"pointer": f"/{self.pointer}", "code": self.code, "detail": str(self.sentence)}
        if self.severity != "error":
            problem["severity"] = self.severity
        if self.suggestion:
            problem["suggestion"] = self.suggestion
        return problem


class Refusal(Exception):
    """A domain error that a page or a problem document can show."""

    status = 400
    code = "refused"
    sentence: Any = _("This can't be done.")

    def __init__(self, sentence: Any = None, *, code: str | None = None, **extra: Any) -> None:
        self.sentence = sentence if sentence is not None else type(self).sentence
        self.code = code or type(self).code
        self.extra = extra
        super().__init__(str(self.sentence))


class Absent(Refusal):
    """There is no such thing, or the asker may not know of it: the same answer for both."""

    status = 404
    code = "absent"
    sentence = _("There is nothing here, or it is not yours to see.")


class Forbidden(Refusal):
    """The asker may see the object but lacks the role, scope or factor for this act."""

    status = 403
    code = "forbidden"
    sentence = _("Your role does not include this. Your national contact point can grant it.")


class StepUpNeeded(Forbidden):
    """A fresh second factor is needed first."""

    code = "step_up_needed"
    sentence = _("Confirm that it is you first: this needs a fresh second factor.")


class PurposeNeeded(Refusal):
    """Nominal data is read for a stated purpose only."""

    status = 422
    code = "purpose_needed"
    sentence = _("Say for what purpose you need this, in at least 10 characters, and choose a purpose.")


class Conflict(Refusal):
    """Somebody else changed the object since it was read. `extra['current']` is what stands now."""

    status = 409
    code = "changed_meanwhile"
    sentence = _("This was changed since you opened it. Compare both versions, then save again.")


class WrongState(Refusal):
    """The act does not fit the state of the object."""

    status = 409
    code = "wrong_state"
    sentence = _("This step is not possible in the present state.")


class TooMany(Refusal):
    """A limit was reached; `extra['retry_after']` is seconds."""

    status = 429
    code = "too_many"
    sentence = _("Too many tries. Wait a little, then try again.")


class RulesBroken(Refusal):
    """The input breaks rules; `findings` says which, where, and what to do."""

    status = 422
    code = "rules_broken"
    sentence = _("Some answers need your attention.")

    def __init__(self, findings: Sequence[Finding], sentence: Any = None) -> None:
        super().__init__(sentence)
        self.findings = tuple(findings)
