"""Every setting has a default that runs on one machine; the environment changes it. Secrets come from the environment alone."""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in {"", "0", "no", "off", "false"}:
        return default if text == "" else False
    if text in {"1", "yes", "on", "true"}:
        return True
    raise ImproperlyConfigured(f"{name} is {text!r}; say yes or no")


def day(name: str) -> date | None:
    text = os.environ.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}; say a day as 2021-03-08") from None


def database(url: str) -> dict[str, object]:
    """`postgres://user:password@host:port/name` (host may be a socket folder as ?host=), or `sqlite:///path`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(parts.path))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("REACCREDIT_DATABASE must begin with sqlite:// or postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") if not parts.query.startswith("host=") else unquote(parts.query[5:]),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


def sqlite(path: Path) -> dict[str, object]:
    """WAL and IMMEDIATE: two writers wait for each other instead of failing. FULL: a receipt that was given survives a power cut."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,  # opening and closing a file anew for each request cost more than most questions
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
        },
    }


DATA = Path(os.environ.get("REACCREDIT_DATA", Path.cwd() / "var")).resolve()
DEMO = flag("REACCREDIT_DEMO")
DEBUG = flag("REACCREDIT_DEBUG")

# A process that was given no secret gets a random one: sessions end with it, and nothing is ever signed by a known key.
SECRET_KEY = os.environ.get("REACCREDIT_SECRET_KEY") or secrets.token_urlsafe(48)
# The key of the patient hash is kept apart from the database that holds the hashes.
PATIENT_KEY = (os.environ.get("REACCREDIT_PATIENT_KEY") or secrets.token_urlsafe(48)).encode()

# A server refuses to start without its keys: with random ones it would not know a patient again after a restart.
MISSING_KEYS = [k for k in ("REACCREDIT_SECRET_KEY", "REACCREDIT_PATIENT_KEY") if not os.environ.get(k)]

ALLOWED_HOSTS = os.environ.get("REACCREDIT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("REACCREDIT_ORIGINS", "").split(",") if o]
PROGRAMME_NAME = os.environ.get("REACCREDIT_PROGRAMME", "Imaging accreditation")  # as the head of every page says it
SITE_ADDRESS = os.environ.get("REACCREDIT_ADDRESS", "http://localhost:8000")

ROOMS = [
    "ledger", "billing", "notices", "documents", "imaging", "people", "facilities", "applications", "screening", "packages", "intake", "reviews",
    "reports", "certificates", "withdrawals", "surveys", "reinstatements", "repeats", "appeals", "looking", "options", "workbench", "desks",
    "project",
]  # fmt: skip

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # so that a form is drawn by our templates
    "axes",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    *(f"reaccredit.{room}.apps.{room.capitalize()}Config" for room in reversed(ROOMS)),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reaccredit.project.middleware.ContentSecurityPolicy",
    "reaccredit.project.middleware.NoNullCharacters",
    "reaccredit.looking.stack_views.FramesOfAMoment",
    "reaccredit.project.middleware.OnePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "reaccredit.project.middleware.SignInRequired",
    "reaccredit.project.middleware.ReaderZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reaccredit.project.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "reaccredit.project.urls"
WSGI_APPLICATION = "reaccredit.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "project" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "reaccredit.project.templatetags.words",
                "reaccredit.project.templatetags.marks",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reaccredit.project.context.site",
            ],
        },
    }
]
COTTON_DIR = "components"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its own attributes, not the variables of whoever uses it
FORM_RENDERER = "reaccredit.project.forms.Renderer"

DATABASES = {"default": database(os.environ.get("REACCREDIT_DATABASE", f"sqlite://{DATA / 'reaccredit.sqlite3'}"))}

AUTH_USER_MODEL = "people.Person"
SIGNED_IN = "reaccredit.facilities.once.SignedIn"  # which one knows again who has signed in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    SIGNED_IN,
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "desks:home"
LOGOUT_REDIRECT_URL = "people:sign-in"

# A hospital sits behind one address: lock the account at that address, never the whole house.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # else it looks for "email", finds nothing, and locks nobody out
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Enqueued inside the transaction that wrote the fact: the task row is the outbox.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"], "ENQUEUE_ON_COMMIT": False}}

EMAIL_BACKEND = os.environ.get("REACCREDIT_MAIL", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("REACCREDIT_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("REACCREDIT_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("REACCREDIT_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("REACCREDIT_MAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("REACCREDIT_MAIL_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("REACCREDIT_MAIL_FROM", "accreditation@localhost")

SECURE = flag("REACCREDIT_SECURE")  # set where the site is served over https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("REACCREDIT_BEHIND_PROXY") else None
# A demo whose clock is moved on by months does not sign its people out by it.
SESSION_COOKIE_AGE = (3650 if DEMO else 14) * 86_400
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "reaccredit.project.views.stale_form"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 5000
FILE_UPLOAD_HANDLERS = [
    "reaccredit.imaging.uploads.Drafts",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

POLICIES = Path(os.environ.get("REACCREDIT_POLICIES", PACKAGE / "policies"))
# The programmes whose cases are run by their policy here. Others can be read and asked, and their cases are with staff.
PROGRAMMES = tuple(os.environ.get("REACCREDIT_PROGRAMMES", "diagnostic").split(","))
# The newest revision that the programme goes by; without it, all that are shipped.
ADOPTED = day("REACCREDIT_ADOPTED")
# When a second person approves the wording of a final report before it goes out: never, adverse (where it is not passed), always.
# The published policy does not say, so it is the programme's own choice.
SECOND_PERSON = os.environ.get("REACCREDIT_SECOND_PERSON", "never")
if SECOND_PERSON not in {"never", "adverse", "always"}:
    raise ImproperlyConfigured("REACCREDIT_SECOND_PERSON must be never, adverse or always")
# The key with which the programme signs its final reports (a PKCS#12 file) and its password; without one they go out unsigned.
SIGNING_KEY = Path(os.environ["REACCREDIT_SIGNING_KEY"]).resolve() if os.environ.get("REACCREDIT_SIGNING_KEY") else None
SIGNING_PASSWORD = os.environ.get("REACCREDIT_SIGNING_PASSWORD", "")
# What the foot of every final report says, by the state in which the facility is: a TOML file, as the one shipped.
MARKINGS = Path(os.environ.get("REACCREDIT_MARKINGS") or PACKAGE / "reports" / "rules" / "markings.toml").resolve()
# What one exam may hold, and how much of the disk stays free whatever comes.
MOST_IMAGES = int(os.environ.get("REACCREDIT_MOST_IMAGES", "20000"))
MOST_IMAGE_BYTES = int(os.environ.get("REACCREDIT_MOST_IMAGE_BYTES", str(20 * 1024**3)))
FREE_BYTES = int(os.environ.get("REACCREDIT_FREE_BYTES", str(512 * 1024**2)))
# A bucket in place of that folder, where one machine's disk is not enough. Keys come from the usual places of AWS clients.
S3_BUCKET = os.environ.get("REACCREDIT_S3_BUCKET", "")
S3_ENDPOINT = os.environ.get("REACCREDIT_S3_ENDPOINT", "")
S3_REGION = os.environ.get("REACCREDIT_S3_REGION", "")
S3_PREFIX = os.environ.get("REACCREDIT_S3_PREFIX", "")
# The port on which `reaccredit dicom receive` listens, as the pages tell it.
DICOM_PORT = int(os.environ.get("REACCREDIT_DICOM_PORT", "11112"))
# Where `bin/phantom-tools` has put the tools that measure phantom images. Where they are not, the page says so.
PHANTOM_TOOLS = Path(os.environ.get("REACCREDIT_PHANTOM_TOOLS") or DATA / "phantom-tools").resolve()
FILES = DATA / "files"  # content-addressed, outside the database and outside every web root
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Called with the id of each fact once its transaction is committed (see project/wiring.py).
FACT_HANDLER = "reaccredit.project.wiring.spread"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("REACCREDIT_LOG", "WARNING")},
}
