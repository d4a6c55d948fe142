"""A policy: for one model, which actions exist and under which clause; nothing else is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.clause import NONE, Clause
from accounts.access.guarded import GuardedQuerySet
from accounts.actor import Actor, ActorKind
from accounts.refusals import Absent, Forbidden, Refusal, StepUpNeeded
from accounts.scopes import Scope

if TYPE_CHECKING:
    from accounts.models import Posting


class UndeclaredAction(RuntimeError):
    """The policy of the model does not know the action: a defect, never a yes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The condition of one action.

    scope: what an API credential must carry; None means that no machine may do it. step_up: a fresh second
    factor is needed. while_recovering: a session opened by a recovery code may do it as well. purpose: the action
    function demands a purpose and writes it into the event.
    """

    clause: Clause
    scope: Scope | None = None
    step_up: bool = False
    while_recovering: bool = False
    purpose: bool = False


class Policy[M: Model]:
    """Answers may, which and who for one model, from the same clauses."""

    def __init__(self, model: type[M], rules: Mapping[Action, Rule], *, about: str = "") -> None:
        self.model, self.rules, self.about = model, dict(rules), about

    def rule(self, action: Action) -> Rule:
        try:
            return self.rules[action]
        except KeyError:
            raise UndeclaredAction(f"{self.model.__name__} has no rule for {action}") from None

    def refusal(self, actor: Actor, action: Action, subject: M) -> Refusal | None:
        """Why not, or None. An object that can't be read is absent, whatever was to be done to it."""
        rule = self.rule(action)
        reading = self.rules.get(Action.READ)
        if action is not Action.CREATE and reading is not None and not self._carries_out(reading, actor, subject):
            return Absent()
        if not self._carries_out(rule, actor, subject):
            return Absent() if reading is None and action is not Action.CREATE else self._forbidden(rule, actor)
        if self._needs_step_up(rule, actor):
            return StepUpNeeded()
        return None

    def allows(self, actor: Actor, action: Action, subject: M) -> bool:
        """May the actor do this to this object (step-up aside)?"""
        rule = self.rule(action)
        reading = self.rules.get(Action.READ, rule) if action is not Action.CREATE else rule
        return self._carries_out(reading, actor, subject) and self._carries_out(rule, actor, subject)

    def require(self, actor: Actor, action: Action, subject: M) -> None:
        """Raises the refusal, if there is one."""
        if refusal := self.refusal(actor, action, subject):
            raise refusal

    def visible_to(self, actor: Actor, action: Action = Action.READ) -> QuerySet[M]:
        """Which objects: the only door to rows outside actions, tasks and the kernel."""
        rule = self.rule(action)
        query = rule.clause.rows(actor) if self._scope_allows(rule, actor) else NONE
        guarded: Any = self.model._meta.managers_map["objects"]
        return guarded.get_queryset().cleared_by_policy().filter(query)

    def possible(self, actor: Actor, action: Action) -> Refusal | None:
        """Why the actor could not do this to any object at all, or None: for menus and list pages."""
        rule = self.rule(action)
        if not (self._scope_allows(rule, actor) and rule.clause.possible(actor)):
            return self._forbidden(rule, actor)
        if self._needs_step_up(rule, actor):
            return StepUpNeeded()
        return None

    def audience(self, subject: M, action: Action = Action.READ) -> QuerySet[Posting]:
        """Who: the postings in force today whose holders may do this to this object."""
        from accounts.models import Posting

        return Posting.unguarded.in_force().filter(self.rule(action).clause.seats(subject))

    @staticmethod
    def _needs_step_up(rule: Rule, actor: Actor) -> bool:
        if not rule.step_up or actor.kind is not ActorKind.OFFICER:
            return False
        return not (actor.stepped_up or (rule.while_recovering and actor.recovering))

    def _carries_out(self, rule: Rule, actor: Actor, subject: M) -> bool:
        return self._scope_allows(rule, actor) and rule.clause.holds(actor, subject)

    @staticmethod
    def _scope_allows(rule: Rule, actor: Actor) -> bool:
        if actor.scopes is None:
            return True
        return rule.scope is not None and rule.scope in actor.scopes

    def _forbidden(self, rule: Rule, actor: Actor) -> Forbidden:
        if actor.scopes is not None and not self._scope_allows(rule, actor):
            needed = rule.scope.value if rule.scope else _("none: this is for people, not for machines")
            return Forbidden(
                _("Your API credential lacks the scope for this: %(scope)s.") % {"scope": needed},
                code="scope_missing",
            )
        return Forbidden()


__all__ = ["GuardedQuerySet", "Policy", "Rule", "UndeclaredAction"]
