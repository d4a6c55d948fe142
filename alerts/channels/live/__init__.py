"""The live stream: a hint that says "look", never the alert itself. See docs/delivery.md."""
