"""The certificate of an erasure, its page, and the alarm before it is due."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"

BREAKAGES = (
    Breakage(
        "erasure: a row that was changed keeps its certificate",
        "consent/erasure/certificates/checking.py",
        '        if not is_as_said(erasure, shown["certificate"]):',
        "        if False:",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: any signature of ours certifies",
        "consent/erasure/certificates/checking.py",
        "        if not is_name_of_erasures(name):",
        "        if not name:",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: other rules may stand beside a certificate",
        "consent/erasure/certificates/checking.py",
        "hexdigest() != said[",
        "hexdigest() == said[",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: the script looks at no certificate's signature",
        "static/verify/chatbo-verify.py",
        "    if lines[1:-1] != [f\"erasure {said.get('code')}\", digest]:",
        "    if lines[1:-1] == []:",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: a certificate keeps still about the tombstones",
        "consent/erasure/certificates/issuing.py",
        "[*_kept(erasure), _tombstones(erasure)]",
        "_kept(erasure)",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: a letter of somebody else is read out",
        "chatbo/dashboard/verification.py",
        "_certificate_inside(content) if report.genuine else None",
        "_certificate_inside(content)",
        "tests/chatbo/dashboard/test_verification_of_certificates.py",
    ),
    Breakage(
        "erasure: codes may be guessed without end",
        "consent/erasure/status_views.py",
        "        if refusal := press_by_hand(request, CODES):",
        "        if refusal := None:",
        f"{ERASURE}/test_status_page.py",
    ),
    Breakage(
        "erasure: who holds a code is counted as guessing",
        "consent/erasure/status_views.py",
        "        if response.status_code == 200:",
        "        if response.status_code == 0:",
        f"{ERASURE}/test_status_page.py",
    ),
    Breakage(
        "erasure: the alarm is raised every hour",
        "consent/erasure/warning.py",
        "    erasure.warned_at = timezone.now()\n",
        "",
        f"{ERASURE}/test_warning.py",
    ),
    Breakage(
        "erasure: two who look at once both raise the alarm",
        "consent/erasure/warning.py",
        "        Erasure.objects.select_for_update()\n"
        "        .filter(pk=erasure_id, warned_at=None, deleted_at=None)",
        "        Erasure.objects.select_for_update().filter(pk=erasure_id)",
        f"{ERASURE}/test_warning.py",
    ),
)
