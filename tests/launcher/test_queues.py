"""Each queue has exactly one crew, each limit fits the others, and no alert waits behind an import."""

from __future__ import annotations

from config import celery_settings
from config.celery import application
from config.front_desk.supervisor import programs
from config.queues import CREWS, QUEUES, VISIBILITY_SECONDS, queue_of


def served() -> dict[str, set[str]]:
    """Queues by the program that works on them."""
    commands = {one.name: one.command for one in programs(8000, "worker@test") if "--queues" in one.command}
    return {name: set(command[command.index("--queues") + 1].split(",")) for name, command in commands.items()}


def test_every_queue_has_exactly_one_program() -> None:
    listed = [queue for queues in served().values() for queue in queues]
    assert sorted(listed) == sorted(queue.name for queue in QUEUES)


def test_alerts_and_long_work_have_workers_of_their_own() -> None:
    assert served()["worker"] == {"alerts"} == {celery_settings.CELERY_TASK_DEFAULT_QUEUE}
    assert {"deliveries", "mail"} == served()["deliverer"]


def test_every_task_goes_where_it_belongs() -> None:
    wanted = {
        "alerts.tasks.fan_out_all": "alerts",
        "alerts.channels.send_webhooks": "deliveries",
        "alerts.tasks.reconcile": "deliveries",
        "alerts.mail.send_mails": "mail",
        "accounts.tasks.send_letters": "mail",
        "accounts.tasks.forget_old_sessions": "housekeeping",
        "cen.imports.carry_on": "imports",
        "cen.imports.forget_old": "housekeeping",
        "cen.tasks.expire_disclosures": "housekeeping",
        "comm.tasks.drop_expired": "sealed",
    }
    assert {task: queue_of(task).name for task in wanted} == wanted


def test_a_task_has_the_limits_of_its_queue_and_is_acknowledged_when_done() -> None:
    application.loader.import_default_modules()
    ours = {
        name: task
        for name, task in application.tasks.items()
        if name.split(".")[0] in {"accounts", "alerts", "cen", "comm"}
    }
    assert len(ours) >= 7
    for name, task in ours.items():
        queue = queue_of(name)
        assert (task.soft_time_limit, task.time_limit) == (queue.soft, queue.hard), name
        assert (task.acks_late, task.reject_on_worker_lost, task.ignore_result) == (True, True, True), name


def test_no_living_task_is_handed_out_twice_and_every_limit_has_its_reason() -> None:
    for queue in QUEUES:
        assert queue.soft < queue.hard < VISIBILITY_SECONDS, queue.name
        assert len(queue.because) > 40, queue.name
    for crew in CREWS:
        assert len(crew.because) > 40, crew.name
        assert crew.prefetch == 1


def test_nothing_that_beat_sends_expires() -> None:
    assert not [name for name, entry in celery_settings.CELERY_BEAT_SCHEDULE.items() if "options" in entry]
