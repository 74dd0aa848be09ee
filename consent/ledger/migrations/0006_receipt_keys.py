"""A key a business, from which the addresses of its receipts are made."""

from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.scopes
import consent.ledger.models
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_earlier_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceiptKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "tenant_id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.scopes.current_tenant_id,
                        editable=False,
                    ),
                ),
                (
                    "secret",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        default=consent.ledger.models.new_receipt_secret
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="receiptkey",
            constraint=models.UniqueConstraint(fields=("tenant_id",), name="receipt_key_once"),
        ),
        IsolateTable("ReceiptKey"),
    ]
