"""How this room's announcements are answered (alerts.sources)."""
