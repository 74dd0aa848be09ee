"""The directory's entries are written by the tenant that they lead to, and by nobody else."""

from django.db import migrations, models

import chatbo.foundation.isolation.scopes
from chatbo.foundation.isolation.operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("isolation", "0002_directory")]

    operations = [
        # The primary key begins with it from now on.
        migrations.RemoveIndex("DirectoryEntry", "directory_tenant"),
        migrations.AlterField(
            "DirectoryEntry",
            "tenant_id",
            models.UUIDField(default=chatbo.foundation.isolation.scopes.current_tenant_id),
        ),
        IsolateTable("DirectoryEntry", also_read={"everybody": "true"}),
    ]
