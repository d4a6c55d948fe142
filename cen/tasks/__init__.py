"""What workers do for cases; Celery finds the tasks here."""

from cen.tasks import disclosures, imports

__all__ = ["disclosures", "imports"]
