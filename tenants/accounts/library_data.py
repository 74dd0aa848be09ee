"""What the tables of the libraries hold, and whose: declared here, beside the user."""

from collections.abc import Mapping
from typing import Any

from chatbo.foundation.encryption.columns import declare_encrypted_keys
from chatbo.foundation.isolation.statements import declare_shared
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    NoPersonalData,
    PersonalData,
    declare,
)

OPENS = "Whoever has it gets in."


def _of_a_user(label: str, *, export: str, holds: Mapping[str, Category], **more: Any) -> None:
    data = PersonalData(
        subject="accounts.User",
        match={more.pop("by", "user_id"): "id"},
        holds=holds,
        facts=Category.SECURITY,
        end=Deleted(),
        export=export,
        **more,
    )
    declare(label, data)


_of_a_user("account.EmailAddress", export="email_addresses", holds={"email": Category.CONTACT})
_of_a_user(
    "account.EmailConfirmation",
    by="email_address__user_id",
    export="confirmations_under_way",
    holds={"key": Category.SECURITY},
    withheld={"key": OPENS},
    besides={"email_address": "The address, which goes out by itself."},
)
_of_a_user(
    "mfa.Authenticator",
    export="second_factors",
    holds={"data": Category.SECURITY},
    withheld={"data": OPENS},
)
_of_a_user(
    "socialaccount.SocialAccount",
    export="accounts_elsewhere",
    holds=dict.fromkeys(("provider", "uid", "extra_data"), Category.IDENTIFIER),
)
_of_a_user(
    "socialaccount.SocialToken",
    by="account__user_id",
    export="keys_to_accounts_elsewhere",
    holds=dict.fromkeys(("token", "token_secret"), Category.SECURITY),
    withheld=dict.fromkeys(("token", "token_secret"), OPENS),
    besides={"account": "The account, which goes out by itself."},
)
_of_a_user(
    "usersessions.UserSession",
    export="log_ins",
    holds={
        "ip": Category.NETWORK,
        **dict.fromkeys(("user_agent", "session_key", "data"), Category.SECURITY),
    },
    withheld={"session_key": OPENS},
)
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
