"""``python -m infrastructure.breakages [words]``: takes guards out and sees tests go red.

Works on a copy; the folder that it is called in stays as it is. Fails when a guard could be taken
out without any test noticing, or when the code that a breakage speaks of has changed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = (".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Breakage:
    promise: str
    file: str
    guard: str
    instead: str
    tests: str
    migrate_looks: bool = True
    """Whether ``migrate`` compares the walls, as ever. It would end the tests at their beginning,
    and the attempts on the wall are to notice by themselves."""


MIGRATE = Path("chatbo/foundation/isolation/management/commands/migrate.py")

BREAKAGES = (
    Breakage(
        "isolation: without row-level security",
        "chatbo/foundation/isolation/operations.py",
        "run(f'ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY')",
        "pass",
        "tests/foundation/isolation",
        migrate_looks=False,
    ),
    Breakage(
        "isolation: without the tenant in the policy",
        "chatbo/foundation/isolation/operations.py",
        "USING ({mine}) WITH CHECK ({accepted})')",
        "USING (true) WITH CHECK (true)')",
        "tests/foundation/isolation",
        migrate_looks=False,
    ),
    Breakage(
        "isolation: references across tenants",
        "chatbo/foundation/isolation/operations.py",
        "self._reference(schema_editor, table, field)",
        "pass",
        "tests/foundation/isolation",
        migrate_looks=False,
    ),
    Breakage(
        "menu: unsubscribe missing",
        "tenants/bots/platforms/messenger.py",
        '"payload": payloads.UNSUBSCRIBE,',
        '"payload": "help",',
        "tests/tenants/bots",
    ),
    Breakage(
        "webhook: any signature will do",
        "chatbo/conversation/webhooks.py",
        "hmac.compare_digest(",
        "any((True,)) or hmac.compare_digest(",
        "tests/chatbo/conversation/test_webhooks.py",
    ),
    Breakage(
        "erasure: rows left behind",
        "consent/erasure/deletion.py",
        "rows.delete()",
        "(0, {})",
        "tests/consent/erasure",
    ),
    Breakage(
        "erasure: told before it is done",
        "consent/erasure/tasks.py",
        "            with tenant_scope(tenant_id):\n                delete_subject(erasure)",
        "            _tell(tenant_id, erasure)\n"
        "            with tenant_scope(tenant_id):\n                delete_subject(erasure)",
        "tests/consent/erasure",
    ),
    Breakage(
        "seal: other bytes are signed",
        "chatbo/foundation/documents/seal.py",
        "self._key.sign(data, ec",
        'self._key.sign(data + b" ", ec',
        "tests/foundation/documents/test_seal.py",
    ),
    Breakage(
        "seal: whatever may be added afterwards",
        "chatbo/foundation/documents/seal.py",
        "certify=not any(filled.values())",
        "certify=False",
        "tests/foundation/documents/test_verify.py",
    ),
    Breakage(
        "pages: a query for each row of a list",
        "consent/embeds/views.py",
        '{"tools": Tool.objects.select_related("bot"), ',
        '{"tools": Tool.objects.all(), ',
        "tests/chatbo/test_query_counts.py",
    ),
    Breakage(
        "limits: nobody is stopped",
        "chatbo/foundation/requests.py",
        "return too_many_requests(request, wait) if wait else None\n\n\ndef press_by_hand",
        "return None\n\n\ndef press_by_hand",
        "tests/chatbo/test_rate_limits.py",
    ),
    Breakage(
        "limits: a visitor says where they come from",
        "chatbo/foundation/network.py",
        "while hops and _is_ours(address):",
        "while hops:",
        "tests/chatbo/test_rate_limits.py::test_a_forged_forwarding_does_not_pass",
    ),
    Breakage(
        "limits: an account from anywhere",
        "chatbo/foundation/limits.py",
        "    Limit(20, 10 * MINUTE, Per.ACCOUNT_ELSEWHERE, failures=True),\n",
        "",
        "tests/chatbo/test_rate_limits.py::test_a_password_is_not_guessed_from_many_addresses",
    ),
    Breakage(
        "limits: a stranger shuts the door at home",
        "chatbo/foundation/limits.py",
        "and not (is_known and limit.per == Per.ACCOUNT_ELSEWHERE)",
        "",
        "tests/chatbo/test_rate_limits.py",
    ),
    Breakage(
        "limits: one tenant's flood is another's",
        "chatbo/foundation/limits.py",
        'keys[_key(f"{door} {limit.per} {limit.seconds}", presser.place, value)]',
        'keys[_key(f"{door} {limit.per} {limit.seconds}", value)]',
        "tests/foundation/test_limits.py",
    ),
    Breakage(
        "redis away: an error for everybody",
        "chatbo/foundation/cache.py",
        "except RedisError as error:",
        "except ZeroDivisionError as error:",
        "tests/chatbo/test_rate_limits.py::test_with_redis_away_people_log_in_and_read_their_pages",
    ),
    Breakage(
        "headers: the first answers go bare",
        "chatbo/foundation/requests.py",
        "response.headers.setdefault(name, value)",
        "pass",
        "tests/chatbo/test_headers.py",
    ),
    Breakage(
        "headers: cookies of any host",
        "chatbo/settings.py",
        'SESSION_COOKIE_NAME = "__Host-session"',
        "pass",
        "tests/chatbo/test_headers.py::"
        "test_in_production_each_cookie_is_this_hosts_and_unseen_by_scripts",
    ),
    Breakage(
        "isolation: rows for others taken in",
        "chatbo/foundation/isolation/operations.py",
        "WITH CHECK ({accepted})')",
        "WITH CHECK (true)')",
        "tests/foundation/isolation/test_attempts_by_raw_sql.py",
        migrate_looks=False,
    ),
    Breakage(
        "isolation: the scope set for the session",
        "chatbo/foundation/isolation/scopes.py",
        "set_config('app.tenant_id', %s, true)",
        "set_config('app.tenant_id', %s, false)",
        "tests/foundation/isolation/test_attempts_left_open.py",
    ),
    Breakage(
        "isolation: the outer scope not given back",
        "chatbo/foundation/isolation/scopes.py",
        "            _tell_database(outer.scope if outer else Scope())",
        "            pass",
        "tests/foundation/isolation/test_attempts_left_open.py",
    ),
    Breakage(
        "isolation: no way back after an exception",
        "chatbo/foundation/isolation/scopes.py",
        "super().__init__(using=None, savepoint=True,",
        "super().__init__(using=None, savepoint=False,",
        "tests/foundation/isolation/test_attempts_left_open.py",
    ),
    Breakage(
        "isolation: a scope left open lives on",
        "chatbo/settings.py",
        '    "chatbo.foundation.isolation.leftovers.close_scopes",\n',
        "",
        "tests/foundation/isolation/test_attempts_left_open.py",
    ),
    Breakage(
        "isolation: a task leaves its scope open",
        "chatbo/foundation/isolation/leftovers.py",
        "            left_open = _end(depth)",
        "            left_open = 0",
        "tests/foundation/isolation/test_attempts_left_open.py",
    ),
    Breakage(
        "isolation: two tasks in one transaction",
        "chatbo/foundation/isolation/scopes.py",
        "        raise MixedScopesError",
        "        pass",
        "tests/foundation/isolation/test_attempts_in_threads.py",
    ),
    Breakage(
        "isolation: the pool hands sessions on",
        "chatbo/foundation/database_sessions.py",
        'connection.execute("DISCARD ALL")',
        'connection.execute("SELECT 1")',
        "tests/foundation/isolation/test_attempts_over_the_pool.py",
    ),
    Breakage(
        "isolation: others' statements are shown",
        "deploy/roles.sql",
        "pg_stat_get_backend_activity(integer)\n    FROM PUBLIC;",
        "pg_stat_get_backend_activity(integer)\n    FROM pg_monitor;",
        "tests/foundation/isolation/test_attempts_beside_the_tables.py",
    ),
    Breakage(
        "files: any name will do",
        "chatbo/foundation/files.py",
        'raise OutsideScopeError("outside the scope\'s folder")',
        "pass",
        "tests/foundation/test_files.py",
    ),
    Breakage(
        "files: links lead out of the folder",
        "chatbo/foundation/files.py",
        'raise OutsideScopeError("a link leads elsewhere")',
        "pass",
        "tests/foundation/test_files.py",
    ),
    Breakage(
        "keys: a writer's change is written over",
        "chatbo/foundation/encryption/rotation.py",
        """ AND {' AND '.join(unchanged)} RETURNING""",
        " RETURNING",
        "tests/foundation/test_rotation.py",
    ),
    Breakage(
        "keys: a row in somebody's hands stops the rotation",
        "chatbo/foundation/encryption/rotation.py",
        "FOR UPDATE SKIP LOCKED",
        "FOR UPDATE NOWAIT",
        "tests/foundation/test_rotation.py",
    ),
    Breakage(
        "keys: what is under the newest key is written anew",
        "chatbo/foundation/encryption/columns.py",
        "held if place == NEWEST else encrypt(text)",
        "encrypt(text)",
        "tests/foundation/test_rotation.py",
    ),
    Breakage(
        "keys: the directory keeps the old key",
        "chatbo/foundation/encryption/listings.py",
        "    if not pairs:",
        "    if True:",
        "tests/foundation/test_rotation.py",
    ),
    Breakage(
        "keys: an erasure looks under one key",
        "chatbo/foundation/encryption/fields.py",
        "digests |= set(blind_indexes(value, purpose=self.purpose))",
        "pass",
        "tests/chatbo/conversation/test_after_a_new_key.py",
    ),
    Breakage(
        "keys: a repeated delivery looks under one key",
        "chatbo/conversation/intake.py",
        "    if not old:",
        "    if True:",
        "tests/chatbo/conversation/test_after_a_new_key.py",
    ),
    Breakage(
        "keys: one lost row takes the others along",
        "chatbo/foundation/encryption/fields.py",
        "            return Sealed(value)",
        "            raise",
        "tests/chatbo/conversation/test_unreadable_rows.py",
    ),
    Breakage(
        "keys: a form gives the token back",
        "chatbo/conversation/forms.py",
        'forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"})',
        "forms.PasswordInput(render_value=True)",
        "tests/chatbo/conversation/test_tokens.py",
    ),
    Breakage(
        "walls: not looked at after migrating",
        "chatbo/foundation/isolation/management/commands/migrate.py",
        "if holes:",
        "if False:",
        "tests/foundation/isolation/test_migrate.py",
    ),
    Breakage(
        "walls: any process starts",
        "chatbo/foundation/isolation/starting.py",
        "    if holes:",
        "    if False:",
        "tests/foundation/isolation/test_starting.py",
    ),
    Breakage(
        "walls: any policy will do",
        "chatbo/foundation/isolation/walls.py",
        "if should != does:",
        "if should is None:",
        "tests/foundation/isolation/test_walls.py",
    ),
    Breakage(
        "walls: a partition is its parent's business",
        "chatbo/foundation/isolation/walls.py",
        "yield from _in_child(table, catalog, stated)",
        "pass",
        "tests/foundation/isolation/test_walls.py",
    ),
    Breakage(
        "walls: no model is asked whose rows it holds",
        "chatbo/foundation/isolation/checks.py",
        "for fault in faults_of(model)",
        "for fault in ()",
        "tests/foundation/isolation/test_statements.py",
    ),
    Breakage(
        "scopes: a tenant's page opens all tenants",
        "chatbo/foundation/isolation/scopes.py",
        "if current_scope().tenant_id or current_scope().partner_id:",
        "if False:",
        "tests/foundation/isolation/test_platform_callers.py",
    ),
    Breakage(
        "log-in: who has nothing to prove passes unasked",
        "tenants/accounts/adapters.py",
        "raise ReauthenticationRequired",
        "return True",
        "tests/tenants/accounts/test_reauthentication.py",
    ),
    Breakage(
        "log-in: any time is just now",
        "tenants/accounts/reauthentication.py",
        "return bool(0 <= age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)",
        "return bool(proven)",
        "tests/tenants/accounts/test_reauthentication.py",
    ),
    Breakage(
        "log-in: what was thought better of is sent",
        "tenants/accounts/reauthentication.py",
        "request.session.pop(_SESSION_KEY, None)  # What",
        "request.session.setdefault(_SESSION_KEY, None)  # What",
        "tests/tenants/accounts/test_reauthentication.py",
    ),
    Breakage(
        "log-in: a mailed code counts twice",
        "tenants/accounts/mailed_codes.py",
        "waiting = session.pop(_SESSION_KEY)",
        "waiting = session[_SESSION_KEY]",
        "tests/tenants/accounts/test_reauthentication.py",
    ),
    Breakage(
        "log-in: a code of the app counts twice",
        "tenants/accounts/second_factor_forms.py",
        "counter > last and ",
        "",
        "tests/tenants/accounts/test_mfa.py",
    ),
    Breakage(
        "log-in: a passkey asked for by any page",
        "tenants/accounts/second_factor_forms.py",
        "if _origin_of(credential) not in passkey_origins():",
        "if not passkey_origins():",
        "tests/tenants/accounts/test_passkeys.py",
    ),
    Breakage(
        "log-in: secrets of apps lie open",
        "tenants/accounts/second_factors.py",
        "return encrypt(text)",
        "return text",
        "tests/tenants/accounts/test_mfa.py",
    ),
    Breakage(
        "log-in: others stay in after a change of locks",
        "tenants/accounts/security_log.py",
        "    end_other_sessions(request, user)",
        "    pass",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "log-in: a session of somebody else is ended",
        "tenants/accounts/session_views.py",
        "UserSession.objects.filter(user=user)",
        "UserSession.objects.all()",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "log-in: a page tells whose address it knows",
        "chatbo/settings.py",
        'ACCOUNT_PREVENT_ENUMERATION = "strict"',
        "ACCOUNT_PREVENT_ENUMERATION = False",
        "tests/tenants/accounts/test_enumeration.py",
    ),
    Breakage(
        "log: messages of exceptions",
        "chatbo/foundation/logs/exceptions.py",
        "            name,\n",
        '            f"{name}: {error!r}",\n',
        "tests/foundation/logs/test_exceptions.py::test_no_message_of_an_exception_is_told",
    ),
    Breakage(
        "log: the database's own words",
        "chatbo/foundation/logs/exceptions.py",
        'yield "table", error.diag.table_name',
        'yield "table", error.diag.message_detail',
        "tests/foundation/logs/test_exceptions.py",
    ),
    Breakage(
        "log: values in libraries' sentences",
        "chatbo/foundation/logs/foreign.py",
        "return route if path and value == path else _Withheld()",
        "return value",
        "tests/foundation/logs/test_foreign.py",
    ),
    Breakage(
        "log: libraries' chatter",
        "chatbo/foundation/logs/setup.py",
        '"root": {"handlers": ["stderr"], "level": "WARNING"}',
        '"root": {"handlers": ["stderr"], "level": "INFO"}',
        "tests/foundation/logs/test_foreign.py",
    ),
    Breakage(
        "log: paths instead of routes",
        "chatbo/foundation/logs/requests.py",
        "route=route_of(request)",
        "route=request.path",
        "tests/foundation/logs/test_requests.py",
    ),
    Breakage(
        "log: without the last net",
        "chatbo/foundation/logs/setup.py",
        "            catch_what_slipped_through,\n",
        "",
        "tests/foundation/logs/test_net.py",
    ),
    Breakage(
        "log: a request's number ends too early",
        "chatbo/foundation/logs/requests.py",
        "        return response\n",
        "        structlog.contextvars.clear_contextvars()\n        return response\n",
        "tests/foundation/logs/test_requests.py::"
        "test_what_django_logs_after_all_middleware_has_the_number_too",
    ),
    Breakage(
        "log: a request's number never ends",
        "chatbo/foundation/logs/requests.py",
        "@receiver(request_finished)\n",
        "",
        "tests/foundation/logs/test_requests.py::"
        "test_every_line_of_a_request_has_its_number_and_none_after_it",
    ),
    Breakage(
        "log: a client's own number",
        "chatbo/foundation/logs/requests.py",
        "number = new_code(12)",
        "number = request.headers.get(HEADER) or new_code(12)",
        "tests/foundation/logs/test_requests.py::test_the_number_is_ours_whatever_a_client_sends",
    ),
    Breakage(
        "log: tasks without the request's number",
        "chatbo/foundation/logs/tasks.py",
        "headers[HEADER] = number",
        "pass",
        "tests/foundation/logs/test_tasks.py",
    ),
    Breakage(
        "log: a task's ids stay",
        "chatbo/foundation/logs/tasks.py",
        '    structlog.contextvars.reset_contextvars(**(task.request.get("log_tokens") or {}))\n',
        "",
        "tests/foundation/logs/test_tasks.py",
    ),
    Breakage(
        "error pages: what was asked for",
        "templates/error.html",
        "with is_error=True",
        "",
        "tests/chatbo/dashboard/test_errors.py",
    ),
    Breakage(
        "error pages: without the request's number",
        "chatbo/dashboard/errors.py",
        '{"case_number": current_request_id()}',
        "{}",
        "tests/chatbo/dashboard/test_errors.py",
    ),
    Breakage(
        "outbound: a name may lead inside",
        "chatbo/foundation/outbound/connecting.py",
        "if not all(is_public(address) for address in addresses):",
        "if False:",
        "tests/foundation/outbound/test_guarded.py",
    ),
    Breakage(
        "outbound: resolved once more to connect",
        "chatbo/foundation/outbound/connecting.py",
        "stream = self._network.connect_tcp(address, port",
        "stream = self._network.connect_tcp(self._resolve(host, port)[0], port",
        "tests/foundation/outbound/test_guarded.py",
    ),
    Breakage(
        "outbound: a page that drips has no end",
        "chatbo/foundation/outbound/connecting.py",
        "self._stream.read(max_bytes, self._deadline.left())",
        "self._stream.read(max_bytes, 0.6)",
        "tests/foundation/outbound/test_guarded.py",
    ),
    Breakage(
        "outbound: unpacked without a limit",
        "chatbo/foundation/outbound/guarded.py",
        "unpacking.decompress(chunk, room)",
        "unpacking.decompress(chunk)",
        "tests/foundation/outbound/test_guarded.py",
    ),
    Breakage(
        "outbound: the stand-ins outside the demo",
        "chatbo/foundation/outbound/guarded.py",
        "settings.STANDINS_URL if settings.DEMO else",
        "settings.STANDINS_URL or",
        "tests/foundation/outbound/test_guarded.py",
    ),
    Breakage(
        "outbound: the database waits for a website",
        "tenants/accounts/website_views.py",
        "asked.addresses_to_check = named",
        "asked.told = [_tell(request, title, found) for title, found in "
        "zip(named, look_at(list(named.values())), strict=True)]",
        "tests/tenants/accounts/test_website_check.py",
    ),
    Breakage(
        "uploads: a picture as it came",
        "chatbo/foundation/uploads/pictures.py",
        "            return _drawn(image, size)",
        "            return Picture(content, *image.size)",
        "tests/foundation/uploads/test_pictures.py",
    ),
    Breakage(
        "uploads: whatever Pillow can read",
        "chatbo/foundation/uploads/pictures.py",
        ", formats=FORMATS)",
        ")",
        "tests/foundation/uploads/test_pictures.py",
    ),
    Breakage(
        "uploads: a PDF that acts",
        "chatbo/foundation/uploads/pdfs.py",
        'value_of(dictionary, "/S") in _ACTIONS',
        "False",
        "tests/foundation/uploads/test_pdfs.py",
    ),
    Breakage(
        "uploads: a form of any length",
        "chatbo/settings.py",
        '    "chatbo.foundation.uploads.requests.RefuseLarge",\n',
        "",
        "tests/foundation/uploads/test_requests.py",
    ),
    Breakage(
        "uploads: a logo where scripts run",
        "dpa/passage/public_views.py",
        '    response["Content-Security-Policy"] = POLICY_OF_FILES\n',
        "",
        "tests/tenants/accounts/test_logo.py",
    ),
    Breakage(
        "age: a log-in lasts for ever",
        "tenants/accounts/sessions.py",
        "not _is_in_time(request.session, user, time.time())",
        "False",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "age: a session keeps its name after a proof",
        "tenants/accounts/sessions.py",
        "        request.session.cycle_key()\n",
        "",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "age: ended log-ins leave their rows",
        "tenants/accounts/sessions.py",
        '    Session.objects.filter(session_key__in=old.values("session_key")).delete()\n',
        "",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "age: who took a session over ends the others",
        "tenants/accounts/own_urls.py",
        "freshly_pressed(session_views.end_session)",
        "session_views.end_session",
        "tests/tenants/accounts/test_sessions.py",
    ),
    Breakage(
        "password: a leaked one is taken",
        "tenants/accounts/passwords.py",
        "if is_bad_password(password) or is_bad_password(password.casefold()):",
        "if False:",
        "tests/tenants/accounts/test_passwords.py",
    ),
    Breakage(
        "password: words of this house are taken",
        "tenants/accounts/passwords.py",
        "if len(beside) < LEAST_BESIDE or all(sign.isdigit() for sign in beside):",
        "if False:",
        "tests/tenants/accounts/test_passwords.py",
    ),
    Breakage(
        "wire: a machine is led to TLS and never told",
        "chatbo/foundation/requests.py",
        "if is_open and request.path.startswith(FOR_MACHINES):",
        "if False:",
        "tests/foundation/test_requests.py",
    ),
    Breakage(
        "wire: a database in the open is passed over",
        "chatbo/foundation/encryption/transport.py",
        "        *_of_databases(),\n",
        "",
        "tests/foundation/test_transport.py",
    ),
    Breakage(
        "wire: cookies are not bound to TLS by name",
        "chatbo/foundation/cookies.py",
        "if settings.SESSION_COOKIE_SECURE else",
        "if False else",
        "tests/foundation/test_cookies.py",
    ),
    Breakage(
        "wire: a short key seals",
        "chatbo/foundation/documents/keys.py",
        "if key.key_size < shortest:",
        "if False:",
        "tests/foundation/documents/test_keys.py",
    ),
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


def broken(copy: Path, breakage: Breakage) -> str:
    """The first test that notices, or a word in capitals that says what is wrong."""
    file = copy / breakage.file
    whole = file.read_text()
    looking = (copy / MIGRATE).read_text()
    if breakage.guard not in whole:
        return f"NOT FOUND in {breakage.file}: the code has changed, change the breakage too"
    file.write_text(whole.replace(breakage.guard, breakage.instead))
    if not breakage.migrate_looks:
        (copy / MIGRATE).write_text(looking.replace("if holes:", "if False:"))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", breakage.tests],
            cwd=copy,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (copy / MIGRATE).write_text(looking)
        file.write_text(whole)
    red = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR tests"))]
    return f"red: {red[0].split('::')[-1].split(' - ')[0]}" if red else "NOT NOTICED by any test"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
