"""Django with nothing but the model that is compared and django-auditlog: no room of the product.

Its database is another one on the same server, so that disk and settings are the same.
"""

import os

from chatbo.environment import database

SECRET_KEY = "of a benchmark"
USE_TZ = True
DATABASES = {"default": database(os.environ["COMPARED_URL"])}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "auditlog",
    "benchmarks.ledger.compared",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
