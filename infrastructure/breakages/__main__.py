"""``python -m infrastructure.breakages [words]``: takes guards out and sees tests go red.

Works on a copy; the folder that it is called in stays as it is. Fails when a guard could be taken
out without any test noticing, or when the code that a breakage speaks of has changed.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from infrastructure.breakages import (
    access,
    audit,
    by_hand,
    certificates,
    completeness,
    consent_pages,
    erasing_many,
    erasure,
    erasure_killed,
    exports,
    forgeries,
    ground_floor,
    isolation,
    leaving,
    ledger,
    log_in,
    metas_callbacks,
    person_exports,
    receipts,
    recipients,
    register,
    rights,
    rooms,
    texts,
    verifying,
    words_outside,
)
from infrastructure.breakages.breaking import broken

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = (".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache")
BREAKAGES = (
    *isolation.BREAKAGES,
    *access.BREAKAGES,
    *audit.BREAKAGES,
    *completeness.BREAKAGES,
    *log_in.BREAKAGES,
    *ground_floor.BREAKAGES,
    *rooms.BREAKAGES,
    *register.BREAKAGES,
    *ledger.BREAKAGES,
    *leaving.BREAKAGES,
    *verifying.BREAKAGES,
    *consent_pages.BREAKAGES,
    *erasure.BREAKAGES,
    *erasure_killed.BREAKAGES,
    *by_hand.BREAKAGES,
    *certificates.BREAKAGES,
    *erasing_many.BREAKAGES,
    *exports.BREAKAGES,
    *metas_callbacks.BREAKAGES,
    *person_exports.BREAKAGES,
    *receipts.BREAKAGES,
    *recipients.BREAKAGES,
    *rights.BREAKAGES,
    *forgeries.BREAKAGES,
    *texts.BREAKAGES,
    *words_outside.BREAKAGES,
)


def main(words: list[str]) -> int:
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="chatbo-breakages-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        (copy / "node_modules").symlink_to(ROOT / "node_modules")
        for breakage in BREAKAGES:
            if all(word in breakage.promise for word in words):
                said = broken(copy, breakage)
                unnoticed += said.startswith("NOT")
                print(f"{breakage.promise:<46}{said}", flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
