"""The outbox, what people follow, what reached them, and the ledger of how."""

from alerts.models.alert import Alert
from alerts.models.announcement import Announcement
from alerts.models.delivery import Delivery, DeliveryState, Why
from alerts.models.endpoint import Channel, Ended, Endpoint, Pace
from alerts.models.periodic import PeriodicTask
from alerts.models.subscription import Subscription, SubscriptionVersion

__all__ = [
    "Alert",
    "Announcement",
    "Channel",
    "Delivery",
    "DeliveryState",
    "Ended",
    "Endpoint",
    "Pace",
    "PeriodicTask",
    "Subscription",
    "SubscriptionVersion",
    "Why",
]
