"""How Celery runs here. Each limit carries its reason."""

from __future__ import annotations

from datetime import timedelta

from config import env

CELERY_BROKER_URL = env.broker(env.text("REDIS_URL", "redis://localhost:6379/0"))
# Nobody waits for a result: what a task did is in the database.
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
# A worker killed in mid-task must hand the task to another; every task is idempotent.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Long imports must not hold back the short alerts behind them.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "alerts"
CELERY_TASK_ROUTES = {"cen.imports.*": {"queue": "imports"}, "cen.media.*": {"queue": "media"}}
# A task over its time is a defect or an attack; a chunk of an import takes seconds.
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
# Longer than the longest task, so that the broker never hands out a second copy of a living one.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE = {
    # Picks up what a lost hint left behind; the hint makes the usual case faster than this.
    "sweep-announcements": {"task": "alerts.tasks.fan_out_all", "schedule": timedelta(seconds=2)},
    # The same for what leaves; each is one look at an index where nothing is due.
    "sweep-webhooks": {"task": "alerts.channels.send_webhooks", "schedule": timedelta(seconds=2)},
    "sweep-mails": {"task": "alerts.mail.send_mails", "schedule": timedelta(seconds=10)},
    # Looks whether everything has its row and every row its end, and puts right what it can.
    "reconcile-alerts": {"task": "alerts.tasks.reconcile", "schedule": timedelta(minutes=5)},
    "send-letters": {"task": "accounts.tasks.send_letters", "schedule": timedelta(seconds=10)},
    # Reading stops at the second by the database's clock; this destroys the copy and its key soon after.
    "end-disclosures": {"task": "cen.tasks.expire_disclosures", "schedule": timedelta(minutes=1)},
    # Takes over imports whose worker died, once their lease has ended.
    "sweep-imports": {"task": "cen.imports.carry_on", "schedule": timedelta(seconds=15)},
    "forget-old-imports": {"task": "cen.imports.forget_old", "schedule": timedelta(hours=6)},
    "drop-expired-sealed-content": {"task": "comm.tasks.drop_expired", "schedule": timedelta(hours=1)},
    # What a part leaves behind whose transaction was rolled back.
    "drop-orphaned-sealed-parts": {"task": "comm.tasks.drop_orphans", "schedule": timedelta(hours=24)},
    "forget-old-sessions": {"task": "accounts.tasks.forget_old_sessions", "schedule": timedelta(hours=1)},
}
