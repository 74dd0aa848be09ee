"""A browser's long name for itself, in two words that its owner knows."""

import pytest
from django.utils import translation

from tenants.accounts.templatetags.devices import device_name

LIKE_GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {LIKE_GECKO} Chrome/150.0.0.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {LIKE_GECKO} Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge, Windows",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) {LIKE_GECKO} Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Android 16; Mobile; rv:150.0) Firefox/150.0", "Firefox, Android"),
        ("curl/8.0 (Linux)", "Linux"),
    ],
)
def test_a_device_is_named_by_browser_and_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


def test_an_unknown_device_is_called_so() -> None:
    with translation.override("en"):
        assert device_name("") == "unknown device"
