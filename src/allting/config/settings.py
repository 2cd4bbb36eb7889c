"""All settings. What an operator chooses comes from the environment; `allting` sets it from its flags."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from allting.config import database, secret

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("ALLTING_DATA_DIR", "data")).resolve()
PUBLIC_URL = os.environ.get("ALLTING_PUBLIC_URL", "http://localhost:8000").rstrip("/")
IS_DEMO = os.environ.get("ALLTING_DEMO") == "1"
BIND_HOST = os.environ.get("ALLTING_HOST", "localhost")

DEBUG = False
SECRET_KEY = secret.read_or_make(DATA_DIR)
DATABASES = {"default": database.settings_for(os.environ.get("DATABASE_URL", ""), data_dir=DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_public = urlsplit(PUBLIC_URL)
_IS_HTTPS = _public.scheme == "https"
_IS_LOCAL_BIND = BIND_HOST in {"localhost", "127.0.0.1", "::1"}
# A server opened to the network is reached by names that we cannot know; the public address is then
# what links are made of, and Django's host check would only lock a phone on the same net out.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", _public.hostname or "localhost"] if _IS_LOCAL_BIND else ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "allting.config.error_pages.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "allting.people.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks_db",
    "allting.web",
    "allting.record",
    "allting.people",
    "allting.processes",
    "allting.opinions",
    "allting.strategy",
    "allting.answers",
    "allting.choice",
    "allting.demo",
    "allting.server",
    "allting.config",
]
MIDDLEWARE = [
    "allting.web.framing.CookielessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allting.people.middleware.ViewerMiddleware",
    "allting.web.middleware.ProblemMiddleware",
]
if IS_DEMO:
    MIDDLEWARE.append("allting.demo.middleware.UntilTold")
ROOT_URLCONF = "allting.config.urls"
WSGI_APPLICATION = "allting.config.wsgi.application"
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allting.people.sign_in.MailedCodeBackend"]
LOGIN_URL = "people:sign_in"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["allting.web.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.messages.context_processors.messages",
                "allting.web.context.page",
                "allting.people.context.organisation",
                "allting.config.context.navigation",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
TIME_ZONE = os.environ.get("ALLTING_TIME_ZONE", "Europe/Stockholm")
USE_TZ = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = DATA_DIR / "files"
FORM_RENDERER = "allting.web.forms.Renderer"
# What Django 2028 does by itself; until then it warns on every page that turns a bare address into a link.
URLIZE_ASSUME_HTTPS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The mail server may also be set on a page; `people.post` reads that when this is empty.
MAIL_URL = os.environ.get("ALLTING_MAIL_URL", "")
DEFAULT_FROM_EMAIL = os.environ.get("ALLTING_MAIL_FROM", f"no-reply@{_public.hostname or 'localhost'}")
LOGGING_CONFIG = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
# Addresses are unique whatever their case, by a constraint that this check cannot read.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
