"""The rules as people read them: a table of all policies, and the answer for one person and one object."""

from __future__ import annotations

from django.db.models import Model

from accounts.access.registry import policies, policy_for
from accounts.actor import Actor

_HEAD = """# Access rules

Generated from the policies (`<app>/access_rules.py`) by `./run manage generate_docs`; do not edit.
What no line allows is refused. An object that may not be read is answered like one that does not exist.
"""


def access_table() -> str:
    """Markdown: a section a model, a line an action."""
    parts = [_HEAD]
    for policy in policies():
        parts.append(f"\n## {policy.model._meta.label}\n\n{policy.about}\n")
        if not policy.rules:
            continue
        parts.append("\n| action | who | machines need | also needs |\n|---|---|---|---|\n")
        for action, rule in sorted(policy.rules.items()):
            step_up = "step-up, or a recovery code at sign-in" if rule.while_recovering else "step-up"
            extra = [word for word, needed in ((step_up, rule.step_up), ("purpose", rule.purpose)) if needed]
            scope = f"`{rule.scope.value}`" if rule.scope else "not for machines"
            parts.append(f"| {action} | whoever {rule.clause.sentence} | {scope} | {', '.join(extra) or '–'} |\n")
    return "".join(parts)


def explain(actor: Actor, subject: Model) -> list[tuple[str, bool, str]]:
    """For each action of the object's policy: its name, whether the actor may, and the rule's sentence."""
    policy = policy_for(type(subject))
    return [
        (str(action), policy.allows(actor, action, subject), rule.clause.sentence)
        for action, rule in sorted(policy.rules.items())
    ]
