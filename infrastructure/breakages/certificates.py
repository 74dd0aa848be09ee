"""The certificate of an erasure, its page, and the alarm before it is due."""

from infrastructure.breakages.breaking import Breakage

ERASURE = "tests/consent/erasure"

BREAKAGES = (
    Breakage(
        "erasure: a row that was changed keeps its certificate",
        "consent/erasure/certificates/checking.py",
        'if certificate.kind != kind or not is_as_said(row, shown["certificate"]):',
        "if certificate.kind != kind:",
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
        '_hash_of_policy(shown) != said["policy_sha256"]',
        "not _hash_of_policy(shown)",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: the script looks at no certificate's signature",
        "static/verify/chatbo-verify.py",
        "    if lines[1:-1] != [f\"{word} {said.get('code')}\", digest]:",
        "    if lines[1:-1] == []:",
        f"{ERASURE}/certificates/test_certificates.py",
    ),
    Breakage(
        "erasure: the row of a business that has left may say other numbers",
        "consent/erasure/leaving/certificates.py",
        '        and said["deleted"] == ending.counts\n',
        "",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: the row of an ended account may say other numbers",
        "consent/erasure/accounts/certificates.py",
        '        and said["deleted"] == ending.counts\n',
        "",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: a changed certificate of an end is given out",
        "consent/erasure/certificates/files.py",
        "    if examined.standing != Standing.GENUINE:",
        "    if examined.standing == Standing.NONE:",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: the page of a business shows what nobody signed",
        "consent/erasure/leaving/certificates.py",
        "    return examined(ending, ending.certificate, Kind.ENDING, _is_as_said)",
        "    return examined(ending, ending.certificate, Kind.ENDING, lambda row, said: True)",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: a certificate passes for one of another kind",
        "consent/erasure/certificates/checking.py",
        "if certificate.kind != kind or not",
        "if not",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: what was signed for one kind certifies another",
        "consent/erasure/certificates/checking.py",
        "    if about != about_in_note(said, kind):",
        "    if about[1:] != about_in_note(said, kind)[1:]:",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: for the script what was signed for one kind certifies another",
        "static/verify/chatbo-verify.py",
        "    if lines[1:-1] != [f\"{word} {said.get('code')}\", digest]:",
        "    if lines[2:-1] != [digest]:",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: anything may stand beside the certificate of an end",
        "consent/erasure/certificates/checking.py",
        "_OF_AN_ERASURE if kind == Kind.ERASURE else _FILE",
        "_OF_AN_ERASURE",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
    ),
    Breakage(
        "erasure: the last mail to an account gives out numbers that nobody signed",
        "consent/erasure/accounts/certificates.py",
        "    return examined(ending, ending.certificate, Kind.ACCOUNT, _is_as_said)",
        "    return examined(ending, ending.certificate, Kind.ACCOUNT, lambda row, said: True)",
        f"{ERASURE}/certificates/test_certificates_of_ends.py",
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
