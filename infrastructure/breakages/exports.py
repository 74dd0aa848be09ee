"""What is taken along from the ledger: whole, its own, once, and not for ever."""

from infrastructure.breakages.breaking import Breakage

LEDGER = "tests/consent/ledger"
BACKGROUND = f"{LEDGER}/test_exporting_in_the_background.py"
SCRIPT = "static/verify/chatbo-verify.py"

BREAKAGES = (
    Breakage(
        "exports: one person's are prepared and kept",
        "consent/ledger/preparing.py",
        "    if selection.person:\n",
        "    if False:\n",
        BACKGROUND,
    ),
    Breakage(
        "exports: asked twice it is made twice",
        "consent/ledger/preparing.py",
        "    if is_new:\n",
        "    if True:\n",
        BACKGROUND,
    ),
    Breakage(
        "exports: a worker without its claim goes on",
        "chatbo/foundation/jobs/models.py",
        "self.unfinished().filter(pk=claimed.pk, attempts=claimed.attempts)",
        "self.unfinished().filter(pk=claimed.pk)",
        BACKGROUND,
    ),
    Breakage(
        "exports: a deleted row leaves its file",
        "consent/ledger/export_models.py",
        "        transaction.on_commit(drop_files, robust=True)\n",
        "",
        BACKGROUND,
    ),
    Breakage(
        "exports: what a killed worker left lies for ever",
        "consent/ledger/preparing.py",
        "if place not in named and age",
        "if False and age",
        BACKGROUND,
    ),
    Breakage(
        "exports: what was recorded meanwhile moves it",
        "consent/ledger/selecting.py",
        "ConsentRecord.objects.filter(received_at__lte=until)",
        "ConsentRecord.objects.all()",
        BACKGROUND,
    ),
    Breakage(
        "exports: a filter's graph names persons",
        "consent/ledger/writing.py",
        "Prover(with_identity=wish.selection.names_the_person)",
        "Prover(with_identity=True)",
        f"{LEDGER}/test_exporting.py",
    ),
    Breakage(
        "exports: a filter's paper names persons",
        "consent/ledger/proof_pdf.py",
        "Prover(with_identity=selection.names_the_person)",
        "Prover(with_identity=True)",
        f"{LEDGER}/test_exporting_a_proof.py",
    ),
    Breakage(
        "exports: the paper is not sealed",
        "consent/ledger/proof_pdf.py",
        "return seal_as_operator(pdf, at=at, language=language)",
        "return pdf",
        f"{LEDGER}/test_exporting_a_proof.py",
    ),
    Breakage(
        "exports: what is over is still handed out",
        "consent/ledger/prepared_views.py",
        "ConsentExport.objects.kept().filter",
        "ConsentExport.objects.filter",
        f"{LEDGER}/test_exporting_pages.py",
    ),
    Breakage(
        "exports: taking a prepared file is not noted",
        "consent/ledger/prepared_views.py",
        '    note("consents.exported", target=export',
        "    dict(target=export",
        f"{LEDGER}/test_exporting_pages.py",
    ),
    Breakage(
        "chatbo-verify: a dropped part is not missed",
        SCRIPT,
        "return self.part == before.part + 1 and",
        "return",
        f"{LEDGER}/test_chatbo_verify.py",
    ),
    Breakage(
        "chatbo-verify: the last part is not missed",
        SCRIPT,
        "if signed is None or signed.part != signed.parts:",
        "if signed is None:",
        f"{LEDGER}/test_chatbo_verify.py",
    ),
)
