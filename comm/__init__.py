"""Closed user groups: the room for sealed messages and bulletins (docs/architecture.md says what comes)."""
