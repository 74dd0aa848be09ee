"""The texts' room: approvals, placeholders, effects, drafts."""

from infrastructure.breakages.breaking import Breakage

TESTS = "tests/consent/texts"

BREAKAGES = (
    Breakage(
        "texts: an approval needs no signature",
        "consent/texts/approvals.py",
        "    if not is_genuine(said):",
        "    if False:",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: anybody's key will do",
        "consent/texts/approvals.py",
        "        and is_believed(key)\n",
        "",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: altered words stay approved",
        "consent/texts/approvals.py",
        "        and has_its_hash(approval.version)\n",
        "",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: keys vouch for themselves",
        "consent/texts/signers.py",
        "    return signer.public in believed and has_signed(",
        "    return has_signed(",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: a value of any kind fits",
        "consent/texts/placeholders.py",
        "    if not _FITS[kind](text):",
        "    if False:",
        f"{TESTS}/test_placeholders.py",
    ),
    Breakage(
        "texts: a validity never ends",
        "consent/texts/approvals.py",
        "version.valid_until is None or at < version.valid_until",
        "True",
        f"{TESTS}/test_versions.py",
    ),
    Breakage(
        "texts: only the last change counts",
        "consent/texts/versions.py",
        "if first < version.number <= last and",
        "if version.number == last and",
        f"{TESTS}/test_effects.py",
    ),
    Breakage(
        "texts: a changed notice is told to nobody",
        "chatbo/conversation/handling.py",
        "    return seen is None or effect_since(seen).must_be_told",
        "    return False",
        "tests/chatbo/conversation/test_conversation.py",
    ),
    Breakage(
        "texts: another's draft is open",
        "chatbo/dashboard/text_drafting.py",
        "TextDraft.objects.filter(author=request.user)",
        "TextDraft.objects.all()",
        "tests/chatbo/dashboard/test_text_drafting.py",
    ),
)
