"""How Celery runs here. Each setting carries its reason; queues and workers stand in config.queues."""

from __future__ import annotations

from datetime import timedelta

from config import env, queues
from config.valkey_address import valkey_address

BROKER_ADDRESS = (
    valkey_address(env.text("OPENCEN_BROKER_URL"), "OPENCEN_BROKER_URL")
    if env.text("OPENCEN_BROKER_URL")
    else valkey_address(env.text("REDIS_URL", "redis://localhost:6379/0"))
)
CELERY_BROKER_URL = BROKER_ADDRESS.broker()
# Nobody waits for a result: what a task did is in the database.
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
# A worker killed in mid-task must hand the task to another; every task is idempotent and carries no data. One that
# kills its worker each time ends in quarantine, since attempts are counted at the claim.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A task over its time is not put back: its rows are claimed again when the lease has ended, and the attempt counted.
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Valkey may be away for as long as it likes: a worker that gives up would have to be started by hand.
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What runs when the broker goes away ends as it would have: its result is in the database, not with the broker.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_DEFAULT_QUEUE = queues.QUEUES[-1].name
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = (queues.route,)
CELERY_TASK_ANNOTATIONS = (queues.Limits(),)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": queues.VISIBILITY_SECONDS,
    # A page that gives a hint waits no longer than this for a broker that does not answer.
    "socket_connect_timeout": 2.0,
    "socket_timeout": 5.0,
    "socket_keepalive": True,
    # A primary that vanished without a word is noticed within half a minute.
    "health_check_interval": 10,
    **BROKER_ADDRESS.broker_options(),
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
# No entry expires: with a worker's clock a day ahead every tick would be thrown away.
CELERY_BEAT_SCHEDULE = {
    # Picks up what a lost hint left behind; the hint makes the usual case faster than this.
    "sweep-announcements": {"task": "alerts.tasks.fan_out_all", "schedule": timedelta(seconds=2)},
    # The same for what leaves; each is one look at an index where nothing is due.
    "sweep-webhooks": {"task": "alerts.channels.send_webhooks", "schedule": timedelta(seconds=2)},
    "sweep-mails": {"task": "alerts.mail.send_mails", "schedule": timedelta(seconds=10)},
    # Looks whether everything has its row and every row its end, and puts right what it can.
    "reconcile-alerts": {"task": "alerts.tasks.reconcile", "schedule": timedelta(minutes=5)},
    # Whoever did not acknowledge a flash in time is turned to within seconds; a tick without work is one query.
    "escalate-flashes": {"task": "cen.tasks.escalate_flashes", "schedule": timedelta(seconds=5)},
    "remind-of-warnings": {"task": "cen.tasks.remind_of_warnings", "schedule": timedelta(seconds=30)},
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
