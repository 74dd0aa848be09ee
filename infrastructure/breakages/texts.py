"""The texts' room: approvals, placeholders, effects, drafts."""

from infrastructure.breakages.breaking import Breakage

CONTRACTS = "tests/dpa/contracts/test_older_versions.py"
HOLDERS = "tests/chatbo/dashboard/test_text_holders.py"
CHAT = "tests/chatbo/conversation/test_receipts.py"
TOOLS = "tests/consent/embeds/test_changed_texts.py"
HISTORY = "tests/chatbo/dashboard/test_text_history.py"
TESTS = "tests/consent/texts"
DRAFTS = "tests/chatbo/dashboard/test_text_drafting.py"
DESK = "tests/chatbo/dashboard/test_text_review.py"

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
        "        and is_believed(key.public)\n",
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
        "texts: a key that left the ring is forgotten",
        "consent/texts/signers.py",
        "        keep_keys()\n",
        "        pass\n",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: a key in the database is believed",
        "consent/texts/approvals.py",
        "        and is_believed(key.public)\n",
        "        and (is_believed(key.public) or _is_published(approval.signer))\n"
        "    )\n\n\n"
        "def _is_published(key: str) -> bool:\n"
        "    from consent.ledger.models import PublishedKey\n\n"
        "    return (\n"
        "        PublishedKey.objects.filter(key=key).exists()\n",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: the outside store is asked at each use",
        "chatbo/foundation/signing.py",
        "    if time.monotonic() - memory.looked_at < LOOK_AGAIN_AFTER:",
        "    if False:",
        "tests/foundation/test_signing.py",
    ),
    Breakage(
        "texts: nobody approves while the outside store is away",
        "consent/texts/signers.py",
        "    except OSError:",
        "    except KeyError:",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: the vouchers go before what they vouch for is kept",
        "consent/texts/migrations/0004_keys_kept_outside.py",
        "        migrations.RunPython(carry_over, migrations.RunPython.noop),\n",
        "",
        f"{TESTS}/test_migrations.py",
    ),
    Breakage(
        "texts: a folder that is not mounted passes for the outside store",
        "consent/texts/migrations/0004_keys_kept_outside.py",
        "        if not kept & (ring | set(needed)):",
        "        if False:",
        f"{TESTS}/test_migrations.py",
    ),
    Breakage(
        "texts: whoever vouches for himself is carried over",
        "consent/texts/migrations/0004_keys_kept_outside.py",
        "    return signer.public in believed and said ==",
        "    return said ==",
        f"{TESTS}/test_migrations.py",
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
        "consent/texts/ways.py",
        "for version in (*self.back, *self.forth))",
        "for version in self.forth[-1:])",
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
        "texts: a tool goes on showing what was replaced",
        "consent/embeds/tools.py",
        "    if all(in_force[text.key] == text for text in shown):",
        "    if shown:",
        TOOLS,
    ),
    Breakage(
        "texts: a tool's new version that looks the same is none",
        "consent/embeds/tools.py",
        "(now.sha256, now.notice_text, now.consent_text) != (",
        "(now.sha256, current.notice_text, current.consent_text) != (",
        TOOLS,
    ),
    Breakage(
        "texts: a tool records a consent to words that no longer hold",
        "consent/embeds/agreeing.py",
        "    if effect_on(shown) == Effect.ASK:",
        "    if False:",
        TOOLS,
    ),
    Breakage(
        "texts: a tool asks again after each little change",
        "consent/embeds/agreeing.py",
        "    if effect_on(shown) == Effect.ASK:",
        "    if effect_on(shown).must_be_told:",
        TOOLS,
    ),
    Breakage(
        "texts: a tool's notice may change unnoticed",
        "consent/embeds/agreeing.py",
        "effects_since([version.notice_text, version.consent_text])",
        "effects_since([version.consent_text])",
        TOOLS,
    ),
    Breakage(
        "texts: a tool believes another page's word on when it was shown",
        "consent/embeds/shown.py",
        'if (facts["tool"], facts["version"]) != (version.tool_id.hex, version.number):',
        "if False:",
        TOOLS,
    ),
    Breakage(
        "texts: a tool believes any time that a script counted",
        "consent/embeds/shown.py",
        "if elapsed <= SHOWN_FOR and shown_at >= version.made_at else None",
        "",
        TOOLS,
    ),
    Breakage(
        "texts: each text costs a question of its own",
        "chatbo/conversation/legal.py",
        "        texts = texts_in_force(QUESTION, self._language)\n",
        "        texts = {key: text_in_force(key, self._language) for key in QUESTION}\n",
        CHAT,
    ),
    Breakage(
        "texts: without words for its receipt a notice is not sent",
        "chatbo/conversation/legal.py",
        "        except NotApprovedError:\n            return notice\n",
        "        except ZeroDivisionError:\n            return notice\n",
        CHAT,
    ),
    Breakage(
        "texts: an older contract that was replaced is named",
        "dpa/contracts/older_versions.py",
        ".filter(~Exists(newer))",
        "",
        CONTRACTS,
    ),
    Breakage(
        "texts: a contract's annexes may change unnoticed",
        "dpa/contracts/older_versions.py",
        "FIELDS = tuple(KEYS)",
        'FIELDS = ("agreement",)',
        CONTRACTS,
    ),
    Breakage(
        "texts: whoever withdrew is counted as concerned",
        "consent/ledger/holders.py",
        " AND standing = ANY(%(decisions)s)",
        "",
        HOLDERS,
    ),
    Breakage(
        "texts: whom nobody can find is counted as concerned",
        "consent/ledger/holders.py",
        """person.tenant_id, person.person_id, record.purpose, record.decision,
            record.text_version_id, record.given_at, record.id
        FROM ledger_consentrecord AS record
        JOIN""",
        """record.tenant_id, record.subject_id AS person_id, record.purpose, record.decision,
            record.text_version_id, record.given_at, record.id
        FROM ledger_consentrecord AS record
        LEFT JOIN""",
        HOLDERS,
    ),
    Breakage(
        "texts: another's draft is open",
        "consent/texts/models.py",
        "return self.filter(author=author).select_related",
        "return self.select_related",
        "tests/chatbo/dashboard/test_text_drafting.py",
    ),
    Breakage(
        "texts: a draft is read before it is locked",
        "consent/texts/drafting.py",
        'TextDraft.objects.of(author).select_for_update(of=("self",))',
        "TextDraft.objects.of(author)",
        DRAFTS,
    ),
    Breakage(
        "texts: two versions at once want one number",
        "consent/texts/versions.py",
        '    wait_for_turn("submit", f"{key} {language}")',
        "    pass",
        f"{TESTS}/test_versions.py",
    ),
    Breakage(
        "texts: two presses at once are two decisions",
        "consent/texts/approvals.py",
        '    wait_for_turn("decide", version.pk)\n',
        "",
        DESK,
    ),
    Breakage(
        "texts: a lawyer overrides a word unseen",
        "consent/texts/approvals.py",
        "    if said and seen not in (None, str(said.pk)):",
        "    if False:",
        DESK,
    ),
    Breakage(
        "texts: what is over can be approved",
        "consent/texts/approvals.py",
        "    if verdict == Approval.Verdict.APPROVED and is_over:",
        "    if False:",
        DESK,
    ),
    Breakage(
        "texts: what changed and why is not signed",
        "consent/texts/approvals.py",
        '            "change": json.dumps(version.change),\n'
        '            "reason": json.dumps(version.reason),\n',
        "",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: approvals of the form before are believed no more",
        "consent/texts/approvals.py",
        "    return (record_of_old if is_old else record_of)(approval, name=name)",
        "    return record_of(approval, name=name)",
        f"{TESTS}/test_approvals.py",
    ),
    Breakage(
        "texts: a change is shown against what was withdrawn",
        "consent/texts/versions.py",
        "    return next(standing, None) or next(once, None) or version.previous",
        "    return next(once, None) or version.previous",
        DESK,
    ),
    Breakage(
        "texts: any year will do",
        "chatbo/dashboard/text_drafting.py",
        "        if day and not first <= day <= last:",
        "        if False:",
        DRAFTS,
    ),
    Breakage(
        "texts: a draft goes without a question",
        "chatbo/dashboard/text_drafting.py",
        '    if request.method != "POST":\n        found = get_object_or_404(TextDraft.objects.of',
        "    if False:\n        found = get_object_or_404(TextDraft.objects.of",
        DRAFTS,
    ),
    Breakage(
        "texts: readers see braces",
        "consent/texts/placeholders.py",
        "[*undeclared, *stray_braces_in(version.body)]",
        "undeclared",
        f"{TESTS}/test_placeholders.py",
    ),
    Breakage(
        "texts: a value becomes a list or a heading",
        "consent/texts/placeholders.py",
        "_BEGINS_A_BLOCK.sub(_first_as_entity, _without_markup(lines))",
        "_without_markup(lines)",
        f"{TESTS}/test_placeholders.py",
    ),
    Breakage(
        "texts: a value of blanks is one",
        "consent/texts/placeholders.py",
        "(kind and _is_blank(values[name]))",
        '(kind and values[name] in ("", None))',
        f"{TESTS}/test_placeholders.py",
    ),
    Breakage(
        "texts: any address of two slashes is ours",
        "consent/texts/placeholders.py",
        'return len(text) > 1 and text[1] != "/"',
        "return True",
        f"{TESTS}/test_placeholders.py",
    ),
    Breakage(
        "texts: a withdrawal is called a rejection",
        "chatbo/dashboard/text_history.py",
        "        if word.verdict == Verdict.REJECTED and is_approved:",
        "        if False:",
        HISTORY,
    ),
    Breakage(
        "texts: the lawyer is not told what follows a withdrawal",
        "chatbo/dashboard/text_history.py",
        "    if _in_force(decided) != version:",
        "    if True:",
        HISTORY,
    ),
    Breakage(
        "texts: the desk promises one thing and the rooms do another",
        "chatbo/dashboard/text_history.py",
        "        (each, way_between(each, version, decided).effect)",
        "        (each, Effect(version.effect))",
        HISTORY,
    ),
    Breakage(
        "texts: no lawyer learns that a version waits",
        "chatbo/dashboard/text_drafting.py",
        "        tell_lawyers(version)\n",
        "",
        HISTORY,
    ),
    Breakage(
        "texts: no author learns what was decided",
        "chatbo/dashboard/text_review.py",
        "            tell_author(version, lawyer=request.user, word=word)\n",
        "",
        HISTORY,
    ),
)
