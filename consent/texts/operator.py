"""What the platform's own texts say of the company behind ChatBo."""

from django.conf import settings


def operator_values() -> dict[str, str]:
    """What fills the placeholders of imprint, privacy policy and terms."""
    facts = {f"operator_{name}": value for name, value in settings.OPERATOR.items()}
    return facts | {
        "supervisory_authority": settings.OPERATOR["supervisory_authority"],
        # Fixed addresses of the product; the second one belongs to a room above.
        "imprint_url": f"{settings.BASE_URL}/legal/imprint/",
        "subprocessors_url": f"{settings.BASE_URL}/subprocessors/",
    }
