"""What the audit trail stores."""

from audit.models.event import Event

__all__ = ["Event"]
