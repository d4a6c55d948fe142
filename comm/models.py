"""Closed user groups. Their sealed messages need the protocol of docs/architecture.md; the group comes first."""
