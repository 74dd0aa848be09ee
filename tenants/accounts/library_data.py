"""The personal data in the tables of the libraries: declared here, beside the user."""

from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    NoPersonalData,
    PersonalData,
    declare,
)

for label, field in {
    "account.EmailAddress": "email",
    "mfa.Authenticator": "data",
    "socialaccount.SocialAccount": "uid",
    "usersessions.UserSession": "ip",
}.items():
    declare(
        label,
        PersonalData(
            subject="accounts.User",
            match={"user_id": "id"},
            holds={field: Category.SECURITY},
            end=Deleted(),
        ),
    )
for label in ["account.EmailConfirmation", "socialaccount.SocialToken"]:
    declare(label, NoPersonalData("Goes with the row it belongs to, which is declared."))
declare("sessions.Session", NoPersonalData("Opaque; ends with the log-in. Holds an id only."))
for label in ["auth.Permission", "auth.Group", "auth.Group_permissions"]:
    declare(label, NoPersonalData("Not used: roles are memberships."))
declare("contenttypes.ContentType", NoPersonalData("Names of models."))
for label in ["socialaccount.SocialApp", "socialaccount.SocialApp_sites"]:
    declare(label, NoPersonalData("Not used: the app is a setting."))
