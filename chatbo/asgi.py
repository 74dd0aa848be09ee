"""The way in for asynchronous servers; the webhook is faster through WSGI."""

import os

from django.core.asgi import get_asgi_application

from chatbo.foundation.isolation.starting import refuse_without_walls
from chatbo.foundation.logs import log_uncaught_exceptions
from consent.erasure.never_back.starting import replay_before_serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbo.settings")

log_uncaught_exceptions()
application = get_asgi_application()
refuse_without_walls()
replay_before_serving()
