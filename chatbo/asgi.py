"""The way in for asynchronous servers; the webhook is faster through WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")

application = get_asgi_application()
