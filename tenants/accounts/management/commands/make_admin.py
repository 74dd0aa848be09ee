"""``manage.py make_admin you@example.com --name "You"``: the first administrator of a platform.

Prints a link, used once, with which that person chooses the password: none is typed or shown here.
"""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role


class Command(BaseCommand):
    help = "Makes a user an administrator of the platform; makes the user where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="needed for a new user")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        address = email.strip().lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError("This is no e-mail address.") from error
        user = User.objects.filter(email=address).first()
        if user is None and not name.strip():
            raise CommandError("No user has this address: give a --name, and one is made.")
        with transaction.atomic():
            user = user or _new_user(address, name.strip())
            grant_platform_role(user, role=PlatformRole.ADMIN)
        self.stdout.write("The administrator is there.")
        if not user.has_usable_password():
            self.stdout.write("Open this once, soon, to choose the password:")
            self.stdout.write(_link(user))


def _new_user(address: str, name: str) -> User:
    user = User.objects.create_user(address, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _link(user: User) -> str:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return str(settings.BASE_URL) + path.replace("UID-KEY", key)
