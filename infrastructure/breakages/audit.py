"""What a reader of the audit log sees: words for everything, names only of what is theirs."""

from infrastructure.breakages.breaking import Breakage

LOG = "tenants/accounts/log.py"
TESTS = "tests/tenants/accounts/test_log.py"
WORDS = "tests/foundation/audit"

BREAKAGES = (
    Breakage(
        "audit: a detail without words is noted",
        "chatbo/foundation/audit/entries.py",
        "if unknown := riddles(action, target_kind, details):",
        "if unknown := set():",
        WORDS,
    ),
    Breakage(
        "audit: a target without words is noted",
        "chatbo/foundation/audit/entries.py",
        "target_of(target._meta.model) is None:",
        "False:",
        WORDS,
    ),
    Breakage(
        "audit: a code of a detail loses its words",
        "chatbo/foundation/audit/words.py",
        '    "webauthn": _("passkey"),\n',
        "",
        WORDS,
    ),
    Breakage(
        "audit: an encrypted column is read for a name",
        "tenants/accounts/models.py",
        'Target(_("Invitation"))',
        'Target(_("Invitation"), named="email")',
        WORDS,
    ),
    Breakage(
        "audit: each kind's names are a question of their own",
        "chatbo/foundation/audit/targets.py",
        "    return {(kind, row_id): name for kind, row_id, name in together}",
        "    return {(kind, row_id): name for one in asked for kind, row_id, name in one}",
        WORDS,
    ),
    Breakage(
        "audit: the platform learns a business's own names",
        "chatbo/foundation/audit/targets.py",
        ' == "app.tenant_id" and not to_platform',
        ' == "app.tenant_id"',
        TESTS,
    ),
    Breakage(
        "audit: what is gone looks as if it were there",
        LOG,
        "is_gone=name is None and tells_its_names(entry.target_kind, to_platform=for_platform)",
        "is_gone=False",
        TESTS,
    ),
    Breakage(
        "audit: a name becomes a formula in a spreadsheet",
        LOG,
        "yield [no_formula(cell) for cell in cells]",
        "yield cells",
        TESTS,
    ),
    Breakage(
        "audit: a cell of the file begins inside another",
        LOG,
        ", quoting=csv.QUOTE_ALL",
        "",
        TESTS,
    ),
    Breakage(
        "audit: the file tells another time than the page",
        LOG,
        "local = localtime(moment)",
        "local = moment",
        TESTS,
    ),
)
