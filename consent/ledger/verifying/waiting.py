"""Records that have no place in the tree yet, or say so."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from consent.ledger.faults import Fault
from consent.ledger.models import ConsentRecord, Leaf, PendingLeaf
from consent.ledger.pending import is_proved
from consent.ledger.proofs import is_as_recorded


def in_what_waits() -> Iterator[Fault]:
    sealed = Leaf.objects.filter(pk=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    waits = PendingLeaf.objects.filter(pk=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    for record in ConsentRecord.objects.filter(~Exists(sealed), ~Exists(waits)).order_by():
        yield Fault("record_was_added", record=record.pk, tenant=record.tenant_id)
    again = set(PendingLeaf.objects.filter(Exists(sealed)).values_list("pk", flat=True))
    pending = PendingLeaf.objects.in_bulk()
    written = ConsentRecord.objects.select_related("text_version").in_bulk(list(pending))
    for each in pending.values():
        what = "record_waits_again"
        if each.pk not in again:
            what = _what_is_wrong(each, written.get(each.pk))
        if what:
            yield Fault(what, record=each.pk, tenant=each.tenant_id)


def _what_is_wrong(pending: PendingLeaf, record: ConsentRecord | None) -> str:
    leaf, identity = bytes(pending.hash), bytes(pending.identity_hash)
    proof = bytes(pending.proof)
    if not is_proved(pending.tenant_id, pending.pk, leaf, identity, proof=proof):
        return "record_was_added"
    if record is None:
        return "record_was_dropped"
    if not is_as_recorded(record, record.text_version.sha256, identity, leaf):
        return "record_was_changed"
    return "record_was_held_back" if pending.refused_at else ""
