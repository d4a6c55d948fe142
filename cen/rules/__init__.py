"""What a record must satisfy: one class a rule, with its code, its sentence, its stage and its check."""

from cen.rules.rule import Rule, Stage, Surroundings, all_rules, check, errors, require

__all__ = ["Rule", "Stage", "Surroundings", "all_rules", "check", "errors", "require"]
