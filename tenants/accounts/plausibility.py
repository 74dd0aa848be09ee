"""Whether what a business says about itself can be true."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Country:
    name: object
    postal_code: str
    vat_id: str
    """Patterns; the VAT id's as in Council Directive 2006/112/EC, art. 215, and VIES."""


COUNTRIES = {
    "DE": Country(_("Germany"), r"\d{5}", r"DE\d{9}"),
    "AT": Country(_("Austria"), r"\d{4}", r"ATU\d{8}"),
    "CH": Country(_("Switzerland"), r"\d{4}", r"CHE\d{9}(MWST|TVA|IVA)?"),
    "LI": Country(_("Liechtenstein"), r"94[89]\d", r"(LI)?\d{5}"),
    "LU": Country(_("Luxembourg"), r"\d{4}", r"LU\d{8}"),
    "BE": Country(_("Belgium"), r"\d{4}", r"BE[01]\d{9}"),
    "NL": Country(_("Netherlands"), r"\d{4} ?[A-Z]{2}", r"NL[A-Z0-9+*]{12}"),
    "FR": Country(_("France"), r"\d{5}", r"FR[A-HJ-NP-Z0-9]{2}\d{9}"),
    "IT": Country(_("Italy"), r"\d{5}", r"IT\d{11}"),
    "DK": Country(_("Denmark"), r"\d{4}", r"DK\d{8}"),
    "PL": Country(_("Poland"), r"\d{2}-\d{3}", r"PL\d{10}"),
    "CZ": Country(_("Czechia"), r"\d{3} ?\d{2}", r"CZ\d{8,10}"),
}
"""Where customers may have their seat: Germany and its neighbours."""


def is_postal_code(code: str, *, country: str) -> bool:
    known = COUNTRIES.get(country)
    return known is not None and re.fullmatch(known.postal_code, code.upper()) is not None


def is_vat_id(vat_id: str, *, country: str) -> bool:
    """Whether the form, and for Germany the check digit, is that of a VAT id. It may still be
    nobody's: only the Federal Central Tax Office knows (sec. 18e UStG)."""
    known = COUNTRIES.get(country)
    if known is None or re.fullmatch(known.vat_id, vat_id) is None:
        return False
    check = _CHECKS.get(country)
    return check is None or check(vat_id)


def plain_vat_id(text: str) -> str:
    """As people type it, without blanks, dots and hyphens, in capitals."""
    return re.sub(r"[\s.\-]", "", text).upper()


def _german_check_digit(vat_id: str) -> bool:
    """ISO/IEC 7064, MOD 11,10."""
    *digits, check = (int(digit) for digit in vat_id[2:])
    product = 10
    for digit in digits:
        rest = (digit + product) % 10 or 10
        product = 2 * rest % 11
    return (11 - product) % 10 == check


_CHECKS: dict[str, Callable[[str], bool]] = {"DE": _german_check_digit}


def one_line(value: str) -> None:
    """Django's validator for a name: visible, and nothing that breaks or turns the line round it.

    Names stand in our mails to third persons; a line of its own would speak in our name. Raises
    ``ValidationError``.
    """
    kinds = [unicodedata.category(letter) for letter in value if letter not in _JOINERS]
    if any(kind in _NO_TEXT for kind in kinds) or not any(kind[0] in "LNPS" for kind in kinds):
        raise ValidationError(_("Please write this in one line, in letters that can be seen."))


def own_name(value: str) -> None:
    """Django's validator for a person's name: as ``one_line``, no address, and not ours.

    It stands in the log, where ChatBo's own deeds stand too, and in mails to third persons. Raises
    ``ValidationError``.
    """
    one_line(value)
    if "://" in value or "www." in value.casefold():
        raise ValidationError(_("Please give a name, without the address of a page."))
    if sounds_like_us(value):
        raise ValidationError(_("This is our name. Please give your own."))


def sounds_like_us(name: str) -> bool:
    """Whether a reader would take it for ChatBo, however it is spaced, accented or capitalised."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "chatbo" in "".join(letter for letter in letters if letter.isalnum())


_NO_TEXT = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # Some scripts, and emojis, are joined by them.
