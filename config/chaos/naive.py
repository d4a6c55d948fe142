"""What the product does not do: after the commit, one task a recipient. Kept so that the trial can be seen to fail.

`celery -A config.chaos.naive worker` knows the task; the publisher's process sends it.
"""

from __future__ import annotations

import os
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from celery import current_app

from config.celery import application

# Holds the receivers' port and the administrations; unset where the product delivers.
SWITCH = "OPENCEN_CHAOS_NAIVE"
TASK = "chaos.naive_send"


def fan_out(reference: str) -> None:
    """A message for each recipient, as a hook after the commit would send it."""
    _port, _, administrations = os.environ[SWITCH].partition(":")
    for one in administrations.split(","):
        current_app.send_task(TASK, args=[reference, int(one)])


@application.task(name=TASK, bind=True, acks_late=True, max_retries=10, default_retry_delay=1)  # type: ignore[untyped-decorator]
def send(self: Any, reference: str, administration: int) -> None:
    """Sends to one receiver, and tries again where it does not answer."""
    import http.client

    port, _, _rest = os.environ[SWITCH].partition(":")
    receiver = http.client.HTTPConnection("127.0.0.1", int(port), timeout=2)
    try:
        body = f'{{"data": {{"alert": "{reference}"}}}}'
        identity = str(uuid5(NAMESPACE_URL, f"{reference}/{administration}"))
        receiver.request("POST", f"/{administration}", body, {"webhook-id": identity})
        if receiver.getresponse().status >= 300:
            raise OSError("not taken")
    except (OSError, http.client.HTTPException) as error:
        raise self.retry(exc=error) from error
    finally:
        receiver.close()
