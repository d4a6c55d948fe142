"""The body of a webhook: ids, and no word of what they stand for."""

from __future__ import annotations

from datetime import UTC

import orjson

from alerts.claims import Claimed

ALERT = "alert.waiting"
PING = "ping"


def body(one: Claimed) -> bytes:
    """JSON with type, timestamp (when the delivery was made) and ids; equal at every attempt."""
    data = {"delivery": str(one.id)}
    if one.alert_id is not None:
        data["alert"] = str(one.alert_id)
    kind = ALERT if one.alert_id else PING
    made = one.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": kind, "timestamp": made, "data": data})
