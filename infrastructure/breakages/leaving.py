"""The end of a business: what goes, what stays, and what neither a kill nor a hand changes."""

from infrastructure.breakages.breaking import Breakage

TESTS = "tests/consent/erasure/leaving"
CODE = "consent/erasure/leaving"

BREAKAGES = (
    Breakage(
        "erasure: a leaving business's tables are cleared by the scope alone",
        f"{CODE}/what_goes.py",
        "rows: Rows = model._base_manager.filter(**{owner: current_tenant_id()})",
        "rows: Rows = model._base_manager.exclude(**{owner: None})",
        f"{TESTS}/test_exporting.py",
    ),
    Breakage(
        "erasure: an unsigned contract outlives its business",
        "dpa/contracts/models.py",
        "outlives_business=Q(signed_at__isnull=False)",
        "outlives_business=Q(pk__isnull=False)",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: whoever is behind a kept record goes with the business",
        f"{CODE}/what_goes.py",
        "about |= Q(Exists(rows))",
        "about |= Q(pk__in=[]) if rows else about",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: proofs leave without our word",
        "consent/ledger/ending.py",
        "for record, tenant in ended.items()\n    )\n    return ended",
        "for record, tenant in list(ended.items())[1:]\n    )\n    return ended",
        f"{TESTS}/test_killed.py",
    ),
    Breakage(
        "erasure: ChatBo's own records leave with a business",
        "consent/erasure/migrations/0010_leaving.py",
        "AND record.controller = 'tenant'",
        "AND record.controller <> ''",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: the database lets the grace be shortened",
        "consent/erasure/migrations/0010_leaving.py",
        "IF NEW.ends_at <> OLD.ends_at",
        "IF NEW.tenant_id <> OLD.tenant_id",
        f"{TESTS}/test_asking.py",
    ),
    Breakage(
        "erasure: a kept contract's file goes with the business",
        f"{CODE}/clearing.py",
        "if name not in kept:",
        "if name:",
        f"{TESTS}/test_carrying_out.py",
    ),
    Breakage(
        "erasure: who lost the lease of an ending goes on",
        "chatbo/foundation/jobs/models.py",
        "self.unfinished().filter(pk=claimed.pk, attempts=claimed.attempts)",
        "self.unfinished().filter(pk=claimed.pk)",
        f"{TESTS}/test_killed.py",
    ),
    Breakage(
        "erasure: a business's secrets go into its file",
        f"{CODE}/packing.py",
        "and (not isinstance(field, EncryptedTextField) or field.name in of_people)",
        "and field.name != 'nothing'",
        f"{TESTS}/test_exporting.py",
    ),
    Breakage(
        "erasure: a business's file outlives who is in it",
        f"{CODE}/models.py",
        'files=("file",),',
        "files=(),",
        f"{TESTS}/test_exporting.py",
    ),
    Breakage(
        "erasure: a business that leaves can be changed",
        "tenants/accounts/models.py",
        "return self.locked_at is not None or self.leaves_at is not None",
        "return self.locked_at is not None",
        f"{TESTS}/test_pages.py",
    ),
    Breakage(
        "erasure: any name lets a business leave",
        f"{CODE}/asking.py",
        "if _plain(typed) != _plain(tenant.company):",
        "if not typed:",
        f"{TESTS}/test_asking.py",
    ),
    Breakage(
        "erasure: a kept contract has no end",
        "dpa/contracts/models.py",
        "return contract.rejected_at or contract.withdrawn_at or left_at",
        "return contract.rejected_at or contract.withdrawn_at",
        f"{TESTS}/test_kept.py",
    ),
    Breakage(
        "erasure: an emptied business stays for ever",
        f"{CODE}/kept.py",
        "dropped += Tenant.objects.filter(pk=tenant_id).delete()[0]",
        "dropped += 1",
        f"{TESTS}/test_kept.py",
    ),
)
