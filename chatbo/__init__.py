"""The project: settings, addresses, and the top floor."""

from chatbo.celery import app as celery_app

__all__ = ["celery_app"]
