"""Workers know every task that anything of ours sends for."""

from __future__ import annotations

import re

from django.conf import settings

from config.celery import application

SENT = re.compile(r'(?:send_task|tell_worker)\(\s*"([\w.]+)"')


def test_every_task_that_beat_or_an_action_sends_is_known_to_workers() -> None:
    application.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for room in ("accounts", "alerts", "cen", "comm", "config"):
        for file in (settings.BASE_DIR / room).rglob("*.py"):
            wanted |= set(SENT.findall(file.read_text(encoding="utf-8")))
    assert {"alerts.tasks.fan_out_all", "cen.tasks.expire_disclosures", "cen.imports.carry_on"} <= wanted
    assert wanted - set(application.tasks) == set()
