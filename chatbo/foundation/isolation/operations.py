"""The migration operations that put a table behind the wall. Written once, used by every room."""

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from chatbo.foundation.isolation.models import TenantForeignKey
from chatbo.foundation.isolation.scopes import PLATFORM_ROLE
from chatbo.foundation.isolation.statements import in_scope

APPLICATION_ROLE = "chatbo_app"


class _TableOperation(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The wall is the database's alone; Django's picture of the model stays."""

    def _model(self, app_label: str, state: ProjectState) -> type[models.Model]:
        apps: Apps = state.apps
        return apps.get_model(app_label, self.model_name)

    def describe(self) -> str:
        return f"{type(self).__name__} {self.model_name}"


class IsolateTable(_TableOperation):
    """Row-level security, enabled and forced, with policies on the scope; composite keys.

    What it makes is stated by the model besides (``statements``), and the two are compared in
    the database at every start (``walls``).

    ``by``: the column that says whose row it is; ``setting``: the scope it is compared with.
    ``also_read``: further SELECT policies, name to SQL condition (a user's own memberships).
    ``nullable``: rows without an owner may be inserted (the platform's own), yet only the
    platform's role reads them.

    For every ``TenantForeignKey`` of the model it adds ``(tenant_id, column)`` as foreign key
    with an index. Only for new, empty tables: the constraints are made valid at once.
    """

    def __init__(
        self,
        model_name: str,
        *,
        by: str = "tenant_id",
        setting: str | None = None,
        also_read: dict[str, str] | None = None,
        nullable: bool = False,
    ) -> None:
        super().__init__(model_name)
        self.by = by
        self.setting = setting or f"app.{by}"
        self.also_read = also_read or {}
        self.nullable = nullable

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = self._model(app_label, to_state)
        table = model._meta.db_table
        mine = f"{self.by} = {in_scope(self.setting)}"
        accepted = f"{mine} OR {self.by} IS NULL" if self.nullable else mine
        run = schema_editor.execute
        run(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        run(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        run(f'CREATE POLICY own ON "{table}" USING ({mine}) WITH CHECK ({accepted})')
        run(f'CREATE POLICY platform ON "{table}" TO {PLATFORM_ROLE} USING (true)')
        for name, condition in self.also_read.items():
            run(f'CREATE POLICY "{name}" ON "{table}" FOR SELECT USING ({condition})')
        if self.by != "id" and not self.nullable:
            run(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey",'
                f' ADD CONSTRAINT "{table}_pkey" PRIMARY KEY ({self.by}, id)'
            )
        elif self.nullable:
            run(f'CREATE INDEX "{table}_owner" ON "{table}" ({self.by}, id)')
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                self._reference(schema_editor, table, field)

    def _reference(
        self, schema_editor: BaseDatabaseSchemaEditor, table: str, field: TenantForeignKey
    ) -> None:
        column = field.column
        parent: Any = field.remote_field.model
        actions: dict[Any, str] = {
            models.CASCADE: "CASCADE",
            models.SET_NULL: f'SET NULL ("{column}")',
        }
        on_delete = actions.get(field.remote_field.on_delete, "NO ACTION")
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_tenant"'
            f' FOREIGN KEY ({self.by}, "{column}")'
            f' REFERENCES "{parent._meta.db_table}" ({self.by}, id)'
            f" ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED"
        )
        if not field.unique:
            schema_editor.execute(
                f'CREATE INDEX "{table}_{column}_tenant" ON "{table}" ({self.by}, "{column}")'
            )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing: going back from here drops the table, and its walls with it."""


class AppendOnly(_TableOperation):
    """What was written stays as written: trigger and missing privilege refuse every change.

    ``deletable``: rows may be deleted (when their retention ends), never altered.
    """

    def __init__(self, model_name: str, *, deletable: bool = False) -> None:
        super().__init__(model_name)
        self.deletable = deletable

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._model(app_label, to_state)._meta.db_table
        events = "UPDATE" if self.deletable else "UPDATE OR DELETE"
        privileges = "UPDATE, TRUNCATE" if self.deletable else "UPDATE, DELETE, TRUNCATE"
        schema_editor.execute(
            f'CREATE TRIGGER append_only BEFORE {events} ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        schema_editor.execute(
            f'REVOKE {privileges} ON "{table}" FROM {APPLICATION_ROLE}, {PLATFORM_ROLE}'
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing: going back from here drops the table, and its trigger with it."""
