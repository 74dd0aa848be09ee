"""Sealing: what was recorded gets its place in the tree, and the tree's new head is signed.

Whatever waits is a row of its own (``PendingLeaf``), so nothing depends on the order in which
transactions commit. One sealing at a time; killed at any point, it has happened or it has not.
"""

from collections.abc import Sequence

import structlog
from django.db import IntegrityError, connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.heads import latest_outside, publish_heads, signed_head
from consent.ledger.merkle import root_of
from consent.ledger.models import Leaf, PendingLeaf, Tile, TreeHead
from consent.ledger.pending import is_proved
from consent.ledger.tiles import Tiles

declare_store(Medium.LOG, __name__, NoPersonalData("How many records were refused."))

BLOCK = 10_000
"""Records in one transaction."""

_LOCK = 0x1ED6E4
"""The number of the lock, in PostgreSQL's own space of them."""

_PLACED = """
    WITH gone AS (
        DELETE FROM ledger_pendingleaf AS waiting
        USING unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS placed (tenant_id, id, place)
        WHERE waiting.tenant_id = placed.tenant_id AND waiting.id = placed.id
        RETURNING waiting.id, waiting.tenant_id, waiting.hash, waiting.identity_hash, place
    )
    INSERT INTO ledger_leaf (id, tenant_id, position, hash, identity_hash)
    SELECT id, tenant_id, %s + place - 1, hash, identity_hash FROM gone
"""

log = structlog.get_logger(__name__)


def seal() -> int:
    """Seal all that waits, block by block, and publish the heads. Gives back how many records.

    Another one at work: nothing is done. Raises ``LedgerBrokenError`` where the tree is not what
    it was when it was last signed, and ``OSError`` where the outside store is away; the heads are
    then published next time.
    """
    _refuse_older_copy()
    sealed = 0
    while block := _sealed_block():
        sealed += block
        if block < BLOCK:
            break
    publish_heads()
    return sealed


def _sealed_block() -> int:
    """One row that was put back after its sealing must not hold up all others."""
    try:
        return _seal_block()
    except IntegrityError:
        if not _refuse_what_is_sealed():
            raise
        return _seal_block()


def _seal_block() -> int:
    with platform_scope("ledger: seal what was recorded"):
        if not _is_alone():
            return 0
        size, tiles = _tree_as_signed()
        waiting = _proved(_waiting())
        if not waiting:
            return 0
        try:
            new_size = tiles.grow(size, (bytes(pending.hash) for pending in waiting))
        except IndexError as error:
            raise LedgerBrokenError("tiles_differ") from error
        _place(waiting, size)
        Tile.objects.bulk_create(
            tiles.changed(),
            update_conflicts=True,
            unique_fields=["level", "index"],
            update_fields=["hashes"],
        )
        signed_head(new_size, root_of(tiles.node, new_size), timezone.now()).save(force_insert=True)
    return len(waiting)


def _place(waiting: Sequence[PendingLeaf], first: int) -> None:
    """What waited becomes a leaf, in this order: moved within the database, a block at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACED,
            [[each.tenant_id for each in waiting], [each.pk for each in waiting], first],
        )


def _refuse_older_copy() -> None:
    """A restored copy must not grow a second tree beside the one that was published."""
    published = latest_outside()
    if published is None:
        return
    head = TreeHead.objects.filter(size=published.size).first()
    if head is None or bytes(head.root) != published.root:
        raise LedgerBrokenError("published_head_is_missing")


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        (is_ours,) = cursor.fetchone()
    return bool(is_ours)


def _tree_as_signed() -> tuple[int, Tiles]:
    """Size and hashes, if they still give the root that was signed."""
    tiles = Tiles()
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return 0, tiles
    try:
        is_same = root_of(tiles.node, head.size) == bytes(head.root)
    except IndexError as error:
        raise LedgerBrokenError("tiles_are_missing") from error
    if not is_same:
        raise LedgerBrokenError("root_differs")
    return head.size, tiles


def _waiting() -> Sequence[PendingLeaf]:
    """In the order of their ids, which is about that of time."""
    waits = PendingLeaf.objects.filter(refused_at=None).order_by("pk")
    return list(waits.select_for_update(skip_locked=True)[:BLOCK])


def _proved(waiting: Sequence[PendingLeaf]) -> list[PendingLeaf]:
    """Without what was put into the database past the product; that is kept, and an alarm."""
    good: list[PendingLeaf] = []
    forged: list[PendingLeaf] = []
    for each in waiting:
        halves = bytes(each.hash), bytes(each.identity_hash)
        genuine = is_proved(each.tenant_id, each.pk, *halves, proof=bytes(each.proof))
        (good if genuine else forged).append(each)
    if forged:
        _refuse(PendingLeaf.objects.filter(pk__in=[each.pk for each in forged]))
    return good


def _refuse_what_is_sealed() -> int:
    with platform_scope("ledger: seal what was recorded"):
        sealed = Leaf.objects.filter(pk=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
        return _refuse(PendingLeaf.objects.filter(Exists(sealed), refused_at=None))


def _refuse(waiting: QuerySet[PendingLeaf]) -> int:
    refused = waiting.update(refused_at=timezone.now())
    if refused:
        log.error("ledger_refused", records=refused)
    return refused
