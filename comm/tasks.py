"""What workers do for sealed groups; tasks carry nothing, they look what is due."""

from __future__ import annotations

from celery import shared_task

from comm.actions.retention import drop_expired, drop_orphans


@shared_task(name="comm.tasks.drop_expired")
def drop_expired_content() -> None:
    """Drops ciphertext whose time is over, round by round."""
    while drop_expired():
        pass


@shared_task(name="comm.tasks.drop_orphans")
def drop_orphaned_parts() -> None:
    """Removes stored ciphertext without a row."""
    drop_orphans()
