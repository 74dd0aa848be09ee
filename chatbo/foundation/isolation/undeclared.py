"""What is in the database and in no model, as after a model was removed and its table was not.

Models declare whose data they hold; what no model knows no erasure finds.
"""

from chatbo.foundation.isolation.catalog import Cursor, read_catalog
from chatbo.foundation.isolation.statements import models_with_tables, stated_for_tables


def undeclared(cursor: Cursor) -> list[str]:
    """The tables, and the columns as ``table.column``, also those out of the application's reach.

    A view holds nothing itself; of a partition its parent speaks.
    """
    columns: dict[str, set[str]] = {}
    for model in models_with_tables():
        known = {str(field.column) for field in model._meta.local_concrete_fields}
        columns.setdefault(model._meta.db_table, set()).update(known)
    named = stated_for_tables()
    found = []
    for table in read_catalog(cursor).tables.values():
        if table.name in columns:
            more = sorted(set(table.columns) - columns[table.name])
            found += [f"{table.name}.{column}" for column in more]
        elif table.name not in named and not table.parents and table.kind != "v":
            found.append(table.name)
    return sorted(found)
