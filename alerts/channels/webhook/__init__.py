"""Signed webhooks by Standard Webhooks: an id says that something waits, the API says what."""
