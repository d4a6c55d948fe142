"""Each queue has a worker, and no alert waits behind an import."""

from __future__ import annotations

from config import celery_settings
from config.front_desk.supervisor import programs


def served() -> dict[str, set[str]]:
    """Queues by the program that works on them."""
    commands = {one.name: one.command for one in programs(8000, "worker@test") if "--queues" in one.command}
    return {name: set(command[command.index("--queues") + 1].split(",")) for name, command in commands.items()}


def test_every_queue_that_a_task_is_sent_to_has_exactly_one_worker() -> None:
    routed = {str(route["queue"]) for route in celery_settings.CELERY_TASK_ROUTES.values()}
    listed = [queue for queues in served().values() for queue in queues]
    assert sorted(listed) == sorted(routed | {celery_settings.CELERY_TASK_DEFAULT_QUEUE})


def test_alerts_and_long_work_have_workers_of_their_own() -> None:
    assert served()["worker"] == {celery_settings.CELERY_TASK_DEFAULT_QUEUE}
    assert celery_settings.CELERY_TASK_DEFAULT_QUEUE not in served()["importer"]
