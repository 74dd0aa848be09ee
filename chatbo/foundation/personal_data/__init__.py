"""How a model declares whose data it holds and how that data ends.

Each model carries one ``personal_data``; erasure, export and the register read it from Django's
app registry, so what is declared is executed. A model, or a field of it, on which nothing is said
fails the system check (``checks``): it could not be forgotten.

    class Message(TenantModel):
        personal_data: ClassVar = PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={"text": Category.CONTENT},
            end=Deleted(),
            export="messages",
        )

What lies beside the tables is declared where it is filled, by ``declare_store`` (``stores``).
"""

from chatbo.foundation.personal_data.declarations import (
    Blanked,
    Category,
    Declaration,
    Deleted,
    Kept,
    NoPersonalData,
    PersonalData,
    declaration_of,
    declarations_about,
    declare,
    declared_about_persons,
)
from chatbo.foundation.personal_data.stores import Medium, StoredData, declare_store
from chatbo.foundation.personal_data.terms import DaysAfter, YearsAfterEndOfYear

__all__ = [
    "Blanked",
    "Category",
    "DaysAfter",
    "Declaration",
    "Deleted",
    "Kept",
    "Medium",
    "NoPersonalData",
    "PersonalData",
    "StoredData",
    "YearsAfterEndOfYear",
    "declaration_of",
    "declarations_about",
    "declare",
    "declare_store",
    "declared_about_persons",
]
