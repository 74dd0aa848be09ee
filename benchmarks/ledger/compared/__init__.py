"""A consent as it is usually kept: a Django model that django-auditlog watches."""
