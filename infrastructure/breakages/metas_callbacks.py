"""Meta's callbacks: taken from Meta alone, passed on everywhere, and lost by nothing."""

from infrastructure.breakages.breaking import Breakage

SIGNED = "tests/chatbo/conversation/test_signed_requests.py"
CALLBACKS = "tests/chatbo/conversation/test_metas_callbacks.py"
ACCOUNTS = "tests/consent/signup/test_removed_at_facebook.py"
LIST = "tests/chatbo/dashboard/test_metas_list.py"
SIGNATURES = "chatbo/conversation/signatures.py"
PASSING = "chatbo/conversation/passing_on.py"
REQUESTS = "chatbo/conversation/metas_requests.py"

BREAKAGES = (
    Breakage(
        "erasure: Meta's signature is not looked at",
        SIGNATURES,
        "        if not hmac.compare_digest(_decoded(signature), _mac(payload.encode())):\n"
        "            raise ForgedError\n        facts",
        "        facts",
        SIGNED,
    ),
    Breakage(
        "erasure: any algorithm is Meta's",
        SIGNATURES,
        'facts.get("algorithm") != "HMAC-SHA256"',
        'not facts.get("algorithm")',
        SIGNED,
    ),
    Breakage(
        "erasure: a letter of any age is taken",
        SIGNATURES,
        "    if not now - GENUINE_FOR <= issued <= now + AHEAD:",
        "    if not issued <= now + AHEAD:",
        SIGNED,
    ),
    Breakage(
        "erasure: a letter of tomorrow's is taken",
        SIGNATURES,
        "    if not now - GENUINE_FOR <= issued <= now + AHEAD:",
        "    if not now - GENUINE_FOR <= issued:",
        SIGNED,
    ),
    Breakage(
        "erasure: the end that Meta sets counts nothing",
        SIGNATURES,
        '_moment(facts["expires"]) < now',
        '_moment(facts["expires"]) < now - GENUINE_FOR',
        SIGNED,
    ),
    Breakage(
        "erasure: whatever names a person is a number",
        SIGNATURES,
        "    if not isinstance(user_id, str) or not _NUMBER.fullmatch(user_id):",
        "    if not user_id:",
        SIGNED,
    ),
    Breakage(
        "erasure: of a field that stands twice, one counts",
        SIGNATURES,
        "    if len(found) != len(pairs):",
        "    if not found:",
        SIGNED,
    ),
    Breakage(
        "erasure: of two signed requests the last one counts",
        "chatbo/conversation/webhooks.py",
        '        (text,) = request.POST.getlist("signed_request")',
        '        text = request.POST.get("signed_request", "")',
        SIGNED,
    ),
    Breakage(
        "erasure: a callback may be of any length",
        "chatbo/conversation/webhooks.py",
        "_body(request, largest=LARGEST_CALLBACK) is None",
        "_body(request) is None",
        SIGNED,
    ),
    Breakage(
        "erasure: an old letter erases who came back",
        REQUESTS,
        "    if known := same or _under_way",
        "    if known := _under_way",
        CALLBACKS,
    ),
    Breakage(
        "erasure: the same letter spelled anew is another",
        SIGNATURES,
        "    return SignedRequest(user_id, payload)",
        "    return SignedRequest(user_id, text)",
        CALLBACKS,
    ),
    Breakage(
        "erasure: each letter on one person is a request",
        REQUESTS,
        "    if known := same or _under_way(said.user_id, origin):",
        "    if known := same:",
        CALLBACKS,
    ),
    Breakage(
        "erasure: removing the app hides the wish to be erased",
        REQUESTS,
        "        origin=origin, signed_index__in=",
        "        signed_index__in=",
        CALLBACKS,
    ),
    Breakage(
        "erasure: who came back while Meta was away is erased",
        PASSING,
        "    if subscriber is None or subscriber.first_seen_at > request.created_at:",
        "    if subscriber is None:",
        CALLBACKS,
    ),
    Breakage(
        "erasure: removing the app erases chats",
        PASSING,
        "            if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:",
        "            if request.origin:",
        CALLBACKS,
    ),
    Breakage(
        "erasure: only the first part of Meta's answer is read",
        "tenants/bots/platforms/messenger.py",
        '            if "next" not in paging:',
        '            if "next" not in paging or found:',
        CALLBACKS,
    ),
    Breakage(
        "erasure: an answer without data means that nothing is stored",
        "tenants/bots/platforms/messenger.py",
        '        if not isinstance(answer.get("data"), list):\n            break\n',
        '        answer.setdefault("data", [])\n',
        CALLBACKS,
    ),
    Breakage(
        "erasure: what Meta refuses alarms nobody",
        PASSING,
        "(is_final or row.attempts >= OFTEN)",
        "row.attempts >= OFTEN",
        CALLBACKS,
    ),
    Breakage(
        "erasure: what fails often alarms nobody",
        PASSING,
        "(is_final or row.attempts >= OFTEN)",
        "is_final",
        CALLBACKS,
    ),
    Breakage(
        "erasure: the number stays when all is passed on",
        PASSING,
        '    done.app_scoped_id = done.last_error = ""',
        '    done.last_error = ""',
        CALLBACKS,
    ),
    Breakage(
        "erasure: the policy of the request does not count for its parts",
        "consent/erasure/requests.py",
        '"due_at": request.due_at if request else due_at or one_month_after',
        '"due_at": one_month_after',
        CALLBACKS,
    ),
    Breakage(
        "erasure: what Meta refuses keeps Facebook connected",
        PASSING,
        """        try:
            _disconnect(request)
        finally:
            if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:
                _pass_on(request, known_on_pages(request.app_scoped_id))
""",
        """        if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:
            _pass_on(request, known_on_pages(request.app_scoped_id))
        _disconnect(request)
""",
        ACCOUNTS,
    ),
    Breakage(
        "erasure: an account without another way in holds up the chats",
        PASSING,
        """        try:
            _disconnect(request)
        finally:
            if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:
                _pass_on(request, known_on_pages(request.app_scoped_id))
""",
        """        _disconnect(request)
        if request.origin != ErasureRequest.Origin.DEAUTHORIZATION:
            _pass_on(request, known_on_pages(request.app_scoped_id))
""",
        ACCOUNTS,
    ),
    Breakage(
        "erasure: a list is taken in unseen",
        "chatbo/dashboard/platform_requests.py",
        '        if "confirmed" in request.POST:',
        "        if request.POST:",
        LIST,
    ),
    Breakage(
        "erasure: a rounded number is another person",
        "chatbo/conversation/metas_list.py",
        "    if _ROUNDED.fullmatch(value):\n        return Wrong.ROUNDED\n",
        "",
        LIST,
    ),
    Breakage(
        "erasure: what is being tried can be closed",
        REQUESTS,
        "ErasureRequest.objects.failing().filter(pk=request.pk)",
        "ErasureRequest.objects.filter(pk=request.pk)",
        LIST,
    ),
)
