"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

from __future__ import annotations

import os

from celery import Celery

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = Celery("opencen")
application.config_from_object("django.conf:settings", namespace="CELERY")
# RedBeat reads these outside Celery's own namespace. Two beats may run: the lock lets one send, and the other
# takes over within this time.
application.conf.redbeat_redis_url = env.text("REDIS_URL", "redis://localhost:6379/0")
application.conf.redbeat_redis_options = {}
application.conf.redbeat_lock_timeout = 15
application.autodiscover_tasks()
