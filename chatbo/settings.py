"""Every setting of the product, read from the environment once (12-factor).

What each one means stands in ``docs/settings.md``; a test compares the two.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from chatbo.environment import (
    BASE_DIR,
    DEMO,
    PORT,
    SERVERS,
    VAR_DIR,
    database,
    demanded,
    env,
    file_storage,
    secret,
    server_url,
    whole_days,
)
from chatbo.foundation.database_sessions import forget_session
from chatbo.foundation.logs import logging_to_stderr
from chatbo.key_rings import key_ring

# Lets Django's classes be written with their types (`ModelForm[Bot]`), as the type checker wants.
django_stubs_ext.monkeypatch()

DEBUG = False  # Never on, in the demo neither: `chatbo.environment` says why.
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{PORT}" if DEMO else "").rstrip("/")

# --- Where the data lies -------------------------------------------------------------------

DATA_REGION = env.str("DATA_REGION", default="eu-demo" if DEMO else "")
_EEA = "at be bg cy cz de dk ee es fi fr gr hr hu ie is it li lt lu lv mt nl no pl pt ro se si sk"
if not re.match(rf"(eu|{'|'.join(_EEA.split())})(-|$)", DATA_REGION.lower()):
    raise ImproperlyConfigured(
        f"DATA_REGION is {DATA_REGION!r}, but must name a region in the EU or EEA, as eu-central-1"
        " or de-fra: all data stays there."
    )

_database_url = server_url(
    "DATABASE_URL",
    SERVERS.app_url if SERVERS else None,
    "the address of PostgreSQL as the application's role, postgresql://chatbo_app:...@host/chatbo",
)
_owner_url = env.str("DATABASE_OWNER_URL", default="") or (SERVERS.owner_url if SERVERS else "")
REDIS_URL = server_url(
    "REDIS_URL", SERVERS.redis_url if SERVERS else None, "the address of Redis, redis://host/0"
)

# Without a pool Django would open a connection for each request, which costs most of it.
DATABASES: dict[str, dict[str, Any]] = {
    "default": database(
        _database_url,
        pool={"min_size": 1, "max_size": 10, "timeout": 5, "reset": forget_session},
    ),
}
if _owner_url:
    DATABASES["owner"] = database(_owner_url)

CACHES = {
    "default": {
        "BACKEND": "chatbo.foundation.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "chatbo",
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.5},
    }
}

FILES_URL = env.str("FILES_URL", default=(VAR_DIR / "files").as_uri() if DEMO else "") or demanded(
    "FILES_URL", "where files lie, file:///folder or s3://bucket?endpoint=https://..."
)
OUTSIDE_STORE_URL = env.str(
    "OUTSIDE_STORE_URL", default=(VAR_DIR / "outside").as_uri() if DEMO else ""
) or demanded(
    "OUTSIDE_STORE_URL", "where tree heads and tombstones are appended outside the database"
)


STORAGES = {
    "default": file_storage(FILES_URL),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Secrets ---------------------------------------------------------------------------------

SECRET_KEY = secret("SECRET_KEY", "Django's key for signatures, a long random text")
FIELD_KEYS = key_ring("FIELD_KEYS", secret("FIELD_KEYS", "keys that encrypt fields, newest first"))
SEAL_KEY = secret("SEAL_KEY", "the platform's sealing key and certificate, PEM")
LEDGER_KEY = key_ring("LEDGER_KEY", secret("LEDGER_KEY", "keys that sign, newest first"))
TOMBSTONE_KEY = key_ring(
    "TOMBSTONE_KEY", secret("TOMBSTONE_KEY", "keys of the tombstones, newest first")
)
BACKUP_DAYS = whole_days("BACKUP_DAYS", "how long a backup can be restored", default=35)

# --- The platforms ---------------------------------------------------------------------------

META_APP_ID = env.str("META_APP_ID", default="demo-app" if DEMO else "")
META_APP_SECRET = env.str("META_APP_SECRET", default="demo-app-secret" if DEMO else "")
META_VERIFY_TOKEN = env.str("META_VERIFY_TOKEN", default="demo-verify-token" if DEMO else "")
META_GRAPH_URL = env.str("META_GRAPH_URL", default="https://graph.facebook.com").rstrip("/")
TELEGRAM_API_URL = env.str("TELEGRAM_API_URL", default="https://api.telegram.org").rstrip("/")
FACEBOOK_OAUTH_URL = env.str("FACEBOOK_OAUTH_URL", default="https://www.facebook.com").rstrip("/")
TSA_URL = env.str("TSA_URL", default="")

# The stand-ins' own pages (a phone to play a person with); only where `make run` started them.
STANDINS_URL = env.str("STANDINS_URL", default="").rstrip("/") if DEMO else ""

# --- Django ------------------------------------------------------------------------------------

ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or ""] if BASE_URL else []
if DEMO:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
elif not BASE_URL:
    raise ImproperlyConfigured("BASE_URL is not set: how the outside reaches us, https://...")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "chatbo.foundation.isolation",
    "chatbo.foundation.encryption",
    "chatbo.foundation.audit",
    "chatbo.foundation.jobs",
    "chatbo.foundation.mail",
    "tenants.accounts",
    "tenants.bots",
    "tenants.affiliates",
    "consent.texts",
    "consent.register",
    "consent.ledger",
    "consent.signup",
    "consent.embeds",
    "consent.erasure",
    "consent.rights",
    "dpa.subprocessors",
    "dpa.passage",
    "dpa.contracts",
    "chatbo.conversation",
    "chatbo.dashboard",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.facebook",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "csp",
]

MIDDLEWARE = [
    "chatbo.foundation.logs.requests.number_requests",
    "chatbo.foundation.requests.believe_only_proxies",
    "chatbo.foundation.requests.protect",
    "csp.middleware.CSPMiddleware",
    "chatbo.foundation.requests.refuse_in_the_open",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chatbo.foundation.isolation.leftovers.close_scopes",
    "chatbo.foundation.requests.refuse_nul",
    "chatbo.foundation.requests.keep_private",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "chatbo.foundation.uploads.requests.RefuseLarge",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenants.accounts.sessions.AuthenticateInTime",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.accounts.reauthentication.AskAgain",
    "tenants.accounts.sessions.note_activity",
    "consent.signup.change_views.TellOfChangedTexts",
    "chatbo.foundation.requests.LimitPresses",
]

ROOT_URLCONF = "chatbo.urls"
WSGI_APPLICATION = "chatbo.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chatbo.dashboard.context.site",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "tenants.accounts.passwords.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "tenants.accounts.passwords.LeakedPasswordValidator"},
    {"NAME": "tenants.accounts.passwords.OurWordsValidator"},
]
LOGIN_REDIRECT_URL = "site:start"
LOGIN_URL = "account_login"

ACCOUNT_FORMS = {"add_email": "tenants.accounts.forms.AddEmailForm"}
ACCOUNT_ADAPTER = "tenants.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # not our host's name in brackets
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # Whoever changes a lock, the owner reads of it.
# A link would have to be listed as unconfirmed until then, which tells whose address it is.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
# There the new address is made the main one.
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/accounts/email/"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # Why: tenants/accounts/reauthentication.py
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # `foundation.limits` says why, and limits.
SOCIALACCOUNT_ADAPTER = "consent.signup.facebook.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"disconnect": "consent.signup.facebook.forms.DisconnectForm"}
SOCIALACCOUNT_PROVIDERS = {
    "facebook": {
        "APPS": [{"client_id": META_APP_ID, "secret": META_APP_SECRET}] if META_APP_ID else [],
        "provider_class": "consent.signup.facebook.provider.FacebookProvider",
    }
}
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "tenants.accounts.second_factors.MFAAdapter"
MFA_FORMS = {
    name: f"tenants.accounts.second_factor_forms.{form}"
    for name, form in {
        "authenticate": "AuthenticateForm",
        "reauthenticate": "ReauthenticateForm",
        "authenticate_webauthn": "AuthenticateWebAuthnForm",
        "reauthenticate_webauthn": "ReauthenticateWebAuthnForm",
        "login_webauthn": "LoginWebAuthnForm",
        "add_webauthn": "AddWebAuthnForm",
        "edit_webauthn": "EditWebAuthnForm",
    }.items()
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ChatBo"
MFA_TOTP_TOLERANCE = 1  # For clocks that are 30 seconds off; no code counts twice all the same.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # Its http; the origin is compared by our forms.
USERSESSIONS_ADAPTER = "tenants.accounts.sessions.UserSessionsAdapter"
REQUIRE_MFA = env.list("REQUIRE_MFA", default=[] if DEMO else ["platform"])
if unknown := set(REQUIRE_MFA) - {"platform"}:
    raise ImproperlyConfigured(
        f"REQUIRE_MFA names {', '.join(sorted(unknown))}, which nothing enforces: it may say"
        " platform, or stay empty."
    )

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
# The second one says allauth's German sentences with "Sie".
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_formal"]
FORMAT_MODULE_PATH = ["chatbo.formats"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEMO  # Without collectstatic, as they stand.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MESSAGE_STORAGE = "chatbo.foundation.cookies.MessageStorage"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
DJANGO_TABLES2_TEMPLATE = "django_tables2/chatbo.html"

# --- Security ----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'none'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
_USED_FEATURES = "publickey-credentials-create publickey-credentials-get clipboard-write"
_UNUSED_FEATURES = (
    "accelerometer attribution-reporting autoplay browsing-topics camera clipboard-read"
    " compute-pressure display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid"
    " identity-credentials-get idle-detection keyboard-map local-fonts magnetometer microphone midi"
    " otp-credentials payment picture-in-picture run-ad-auction screen-wake-lock serial"
    " storage-access sync-xhr usb window-management xr-spatial-tracking"
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
_https = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # Probes come from inside, without TLS.
SECURE_HSTS_SECONDS = 63_072_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_SECURE = _https
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if _https:
    # So named, browsers take them from this very host alone, over TLS (RFC 6265bis, 4.1.3.2).
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # Our files are for our pages.
# All off but what is used: passkeys, and the button that copies.
PERMISSIONS_POLICY = ", ".join(
    [f"{feature}=(self)" for feature in _USED_FEATURES.split()]
    + [f"{feature}=()" for feature in _UNUSED_FEATURES.split()]
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # Of a form; files: chatbo.foundation.uploads.
DATA_UPLOAD_MAX_NUMBER_FILES = 4

# --- Mail --------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default=(VAR_DIR / "mail").as_uri() if DEMO else "") or demanded(
    "EMAIL_URL", "how mail goes out, smtp+tls://user:password@host:587"
)
DEFAULT_FROM_EMAIL = env.str(
    "MAIL_FROM", default=f"ChatBo <no-reply@{urlsplit(BASE_URL).hostname or 'localhost'}>"
)
EMAIL_TIMEOUT = 20
if EMAIL_URL.startswith("file:"):
    EMAIL_BACKEND = "chatbo.foundation.mail.backends.FolderBackend"
    EMAIL_FILE_PATH = urlsplit(EMAIL_URL).path
elif EMAIL_URL.startswith("console:"):
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    globals().update(environ.Env.email_url_config(EMAIL_URL))

# --- Jobs ----------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# Acknowledged before the work, not after it: leases and sweep bring back what a killed worker held,
# and Celery 5.7 ends the whole worker when Redis goes away while something is unacknowledged.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True  # A tap never waits in a busy worker beside an idle one.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000  # WeasyPrint's memory grows with each document.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# With Redis away a wake-up call fails fast: the row is written, and the sweep will find it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,  # Of a publisher's connection; without it kombu tries for over four seconds.
    "socket_connect_timeout": 0.5,
    "socket_timeout": 2.0,
    "visibility_timeout": 600,
}
CELERY_TIMEZONE = TIME_ZONE

# --- Logs ----------------------------------------------------------------------------------------

LOGGING = logging_to_stderr(readable=DEMO)
