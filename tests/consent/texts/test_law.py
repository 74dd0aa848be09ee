"""A reference to the law reads as the reader's language writes it."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from consent.texts.templatetags.law import cited


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Art. 28 GDPR", "Art. 28 DSGVO"),
        ("Art. 7 (3) GDPR", "Art. 7 Abs. 3 DSGVO"),
        ("Art. 17 (3) (e) GDPR", "Art. 17 Abs. 3 Buchst. e DSGVO"),
        ("Art. 28 (2), (4) GDPR", "Art. 28 Abs. 2, Abs. 4 DSGVO"),
        ("Art. 12(3) GDPR", "Art. 12 Abs. 3 DSGVO"),
        ("Art. 17(3)(e) GDPR", "Art. 17 Abs. 3 Buchst. e DSGVO"),
        ("Arts. 15, 20 GDPR", "Art. 15, 20 DSGVO"),
        ("Sec. 25 TDDDG", "§ 25 TDDDG"),
        ("§ 5 DDG", "§ 5 DDG"),
        ("Art. 3 (10), (25) eIDAS", "Art. 3 (10), (25) eIDAS"),
    ],
)
def test_german_and_english_cite_in_their_own_way(english, german):
    with translation.override("de"):
        assert cited(english) == german
    with translation.override("en"):
        assert cited(english) == english


def test_a_template_s_own_lazy_words_are_cited_too():
    with translation.override("de"):
        assert cited(gettext_lazy("Art. 99 (1) GDPR")) == "Art. 99 Abs. 1 DSGVO"
