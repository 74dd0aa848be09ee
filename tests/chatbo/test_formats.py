from datetime import datetime

from django.utils import formats, translation

MOMENT = datetime(2026, 3, 4, 15, 5)  # noqa: DTZ001 (how it is written, wherever it is)


def test_no_reader_takes_the_month_for_the_day() -> None:
    with translation.override("en"):
        assert formats.date_format(MOMENT, "SHORT_DATETIME_FORMAT") == "4 Mar 2026, 15:05"
        assert formats.date_format(MOMENT, "DATE_FORMAT") == "4 March 2026"
    with translation.override("de"):
        assert formats.date_format(MOMENT, "SHORT_DATETIME_FORMAT") == "04.03.2026 15:05"
        assert formats.date_format(MOMENT, "DATE_FORMAT") == "4. März 2026"
