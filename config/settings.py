"""Settings of OpenCEN: one module, safe by default, everything variable by environment (see env.py)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import env
from config.valkey_address import valkey_address

MODE = env.mode()
DEMONSTRATION = MODE is env.Mode.DEMONSTRATION
TESTING = MODE is env.Mode.TEST
PRODUCTION = MODE is env.Mode.PRODUCTION

BASE_DIR = env.REPOSITORY
HOME = env.home()
VERSION = "0.1.0"

DEBUG = False
SECRET_KEY = env.secret("OPENCEN_SECRET_KEY_FILE")
# The key before the last change: it still opens what was signed or sealed under it.
_earlier = "OPENCEN_EARLIER_SECRET_KEY_FILE"
SECRET_KEY_FALLBACKS: list[str] = [env.secret(_earlier)] if env.text(_earlier) else []
NOMINAL_KEY_FILE = env.secret_file("OPENCEN_NOMINAL_KEY_FILE")

PORT = int(env.text("OPENCEN_PORT", "8000"))
PUBLIC_ORIGIN = env.text("OPENCEN_ORIGIN", f"http://localhost:{PORT}")
ALLOWED_HOSTS = env.names("OPENCEN_ALLOWED_HOSTS", "localhost" if not TESTING else "localhost,testserver")
TRUSTED_PROXIES = env.names("OPENCEN_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "guardian",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "audit",
    "accounts",
    "alerts",
    "cen",
    "comm",
    "config",
]

MIDDLEWARE = [
    "config.request_counts.RequestCounts",
    "django.middleware.security.SecurityMiddleware",
    "config.security.ResponseHeaders",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.security.SealedPages",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.security.RefuseCrossSite",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
    "config.security.BoundedBodies",
    "config.errors.DomainErrors",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "config.forms.PortalForms"

# --- PostgreSQL: the application connects as a role that owns nothing; migrations as the owner. ---
DATABASE_ROLE = env.text("OPENCEN_DATABASE_ROLE", "application")
_url = env.text("OPENCEN_OWNER_DATABASE_URL") if DATABASE_ROLE == "owner" else env.text("DATABASE_URL")
DATABASES = {
    "default": {
        **env.database(_url),
        "ATOMIC_REQUESTS": False,
        # A connection a thread keeps for a minute saves the handshake; health checks drop a dead one.
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": True,
        # A pooler in transaction mode must be possible between us and the server.
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
}
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", None)
APPLICATION_ROLE = env.text("OPENCEN_APPLICATION_ROLE", "opencen_app")

# --- Valkey or Redis: cache, limits, and hints to workers; never the only place of anything. ---
REDIS_URL = env.text("REDIS_URL")
CACHES = {"default": {**valkey_address(REDIS_URL).cache(), "KEY_PREFIX": "opencen"}}

# --- Figures for Prometheus: to these networks, or for this token; to nobody unless one is named. ---
METRICS_FROM = env.networks("OPENCEN_METRICS_FROM")
METRICS_TOKEN = env.secret("OPENCEN_METRICS_TOKEN_FILE") if env.text("OPENCEN_METRICS_TOKEN_FILE") else ""

# --- People and sessions ---
AUTH_USER_MODEL = "accounts.Officer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
# Grants are asked through accounts.access.grants, never through has_perm, so its backend is not hooked.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

SESSION_ENGINE = "accounts.sign_in.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
# Browsers accept Secure cookies on http://localhost; only there may a start do without TLS (config.checks).
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TESTING and PUBLIC_ORIGIN.startswith("https://")
SESSION_COOKIE_NAME = "__Host-opencen" if SESSION_COOKIE_SECURE else "opencen"
CSRF_COOKIE_NAME = "__Host-opencen-form" if CSRF_COOKIE_SECURE else "opencen-form"
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
STEP_UP_LASTS = timedelta(minutes=15)
# A link by mail is followed at once or asked for again; an invitation may wait out a week of leave.
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())
INVITATION_LASTS = timedelta(days=7)

ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "accounts.sign_in.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "OpenCEN"

# --- Headers (RULES of the house: nothing inline, nothing foreign) ---
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["opencen"],
}
# Where keys are used: WebAssembly for Argon2id, and one worker from a blob, which inherits all of this.
SEALED_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.WASM_UNSAFE_EVAL],
    "worker-src": ["blob:"],
    "trusted-types": ["opencen-sealed"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers would then send `Origin: null` with our own forms, and the check of origins
# would refuse them. To other sites nothing is told either way.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_ORIGIN.startswith("https://") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
# A form of an operation's longest seizure has some hundred fields; a photo is at most 15 MB.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Languages and time ---
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", _("Arabic")),
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
    ("ru", _("Russian")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("OPENCEN_STATIC_ROOT", str(HOME / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = TESTING
SERVESTATIC_INDEX_FILE = False
MEDIA_ROOT = Path(env.text("OPENCEN_MEDIA_DIR", str(HOME / "media")))
# A person writes far less; an agent that passes on an operation's messages may come near it.
SEALED_MESSAGES_A_MINUTE = 600
# Written by cenlink.demonstration, read where DEMONSTRATION is on alone.
SEALED_DEMONSTRATION_CARDS = HOME / "sealed-demonstration" / "cards.json"
SEALED_ROOT = Path(env.text("OPENCEN_SEALED_DIR", str(HOME / "sealed")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Photos of cases, by the hash of their content; an operator may name any django-storages backend.
    "case_media": {
        "BACKEND": env.text("OPENCEN_MEDIA_BACKEND", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": {"location": str(MEDIA_ROOT)} if not env.text("OPENCEN_MEDIA_BACKEND") else {},
    },
    "imports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(env.text("OPENCEN_IMPORT_DIR", str(HOME / "imports")))},
    },
    # Ciphertext of files in sealed groups; an operator may name any django-storages backend.
    "sealed_files": {
        "BACKEND": env.text("OPENCEN_SEALED_BACKEND", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": {"location": str(SEALED_ROOT)} if not env.text("OPENCEN_SEALED_BACKEND") else {},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Mail: without a server named, messages go to a folder. ---
MAIL_DIR = Path(env.text("OPENCEN_MAIL_DIR", str(HOME / "mail")))
SMTP_HOST = env.text("OPENCEN_SMTP_HOST")
MAILERS = {
    "default": (
        {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": SMTP_HOST, "port": int(env.text("OPENCEN_SMTP_PORT", "25"))},
        }
        if SMTP_HOST
        else {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_DIR)},
        }
    )
}
DEFAULT_FROM_EMAIL = env.text("OPENCEN_MAIL_FROM", "opencen@localhost")

# --- Outgoing requests: public addresses by https, and the networks that the operator lists. ---
WEBHOOK_NETWORKS = env.networks("OPENCEN_WEBHOOK_NETWORKS")
ALLOW_LOOPBACK_WEBHOOKS = env.flag("ALLOW_LOOPBACK_WEBHOOKS")
# A trial runs the retry plan of 72 hours faster; anything but 1 is refused in production (config.checks).
RETRY_SPEED = float(env.text("OPENCEN_RETRY_SPEED", "1"))

# --- Other rooms of this folder hold the longer parts. ---
from config.celery_settings import *  # noqa: E402, F403
from config.logs import LOGGING  # noqa: E402, F401
from config.rest import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: E402, F401
