"""The rules as people read them."""

from __future__ import annotations

from django.utils import translation

from cen.rules.rule import all_rules

_HEAD = """# Rules of a record

Generated from `cen/rules` by `./run manage generate_docs`; do not edit. Form, import and API give the same
code and sentence. A rule holds from its stage on: a draft may be incomplete, what is sent on may not.

| stage | code | what is said | weight |
|---|---|---|---|
"""


def rules_table() -> str:
    """Markdown: a line a rule, by stage and code."""
    with translation.override("en"):
        lines = [
            f"| {one.stage.name.lower()} | `{one.code}` | {one.sentence} | {one.severity} |\n" for one in all_rules()
        ]
    return _HEAD + "".join(lines)
