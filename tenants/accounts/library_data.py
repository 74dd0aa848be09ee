"""What the tables of the libraries hold, and whose: declared here, beside the user."""

from chatbo.foundation.encryption.columns import declare_encrypted_keys
from chatbo.foundation.isolation.statements import declare_shared
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

for label in [
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "socialaccount.SocialAccount",
    "socialaccount.SocialToken",
    "usersessions.UserSession",
    "sessions.Session",
]:
    declare_shared(label, "A person's log-in, asked before it is known for which business.")
for label in ["auth.Permission", "auth.Group", "auth.Group_permissions"]:
    declare_shared(label, "Not used: roles are memberships.")
declare_shared("contenttypes.ContentType", "Names of models.")
# By ``second_factors.MFAAdapter``; of a passkey only what is public lies here.
declare_encrypted_keys("mfa.Authenticator", "data", {"secret", "seed", "migrated_codes"})
declare_shared("socialaccount.SocialApp", "Not used: the app is a setting.")
