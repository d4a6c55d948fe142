"""What workers do for cases; Celery finds the tasks here."""

from cen.tasks import disclosures

__all__ = ["disclosures"]
