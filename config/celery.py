"""The Celery application: `celery -A config worker`, `celery -A config beat --scheduler config.beat.RowScheduler`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = Celery("opencen")
application.config_from_object("django.conf:settings", namespace="CELERY")
application.autodiscover_tasks()

from config import workers  # noqa: E402, F401  (connects the signs of life)
