"""The outbox, what people follow, and what reached them."""

from alerts.models.alert import Alert
from alerts.models.announcement import Announcement
from alerts.models.subscription import Subscription

__all__ = ["Alert", "Announcement", "Subscription"]
