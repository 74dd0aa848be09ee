"""The columns of ``ConsentRecord``, with the indexes that its page asks for, and no wall."""

import uuid

from auditlog.registry import auditlog
from django.db import models


class Text(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)


class Consent(models.Model):
    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    salt = models.BinaryField()
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=20)
    decision = models.CharField(max_length=10)
    source = models.CharField(max_length=10)
    controller = models.CharField(max_length=10)
    place = models.CharField(max_length=120, blank=True)
    text_version = models.ForeignKey(Text, on_delete=models.PROTECT)
    language = models.CharField(max_length=5)
    form_sha256 = models.CharField(max_length=64, blank=True)
    way = models.CharField(max_length=10, blank=True)
    network = models.CharField(max_length=45, blank=True)
    shown_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField()
    received_at = models.DateTimeField()
    corrects_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "-given_at", "-id"], name="compared_newest"),
            models.Index(fields=["tenant_id", "subject_id"], name="compared_of_person"),
        ]


auditlog.register(Consent, exclude_fields=["salt"])  # It logs text only.
