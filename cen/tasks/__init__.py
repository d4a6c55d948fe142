"""What workers do for cases; Celery finds the tasks here."""

from cen.tasks import disclosures, escalation, imports

__all__ = ["disclosures", "escalation", "imports"]
