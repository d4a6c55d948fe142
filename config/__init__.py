"""Settings, addresses, workers and embedded services: the only room that may import every other."""

from config.celery import application as celery

__all__ = ["celery"]
