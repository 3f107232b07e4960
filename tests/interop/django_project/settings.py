"""The smallest Django project that serves django-scim2: its own defaults wherever it has one."""

from __future__ import annotations

import os

_ADDRESS = os.environ["INTEROP_ADDRESS"]

SECRET_KEY = "only-for-tests-on-loopback"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = None
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "directory"]
AUTH_USER_MODEL = "directory.User"
MIDDLEWARE = ["directory.middleware.BearerTokenMiddleware", "django_scim.middleware.SCIMAuthCheckMiddleware"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["INTEROP_DATABASE_HOST"],
        "USER": os.environ["INTEROP_DATABASE_ROLE"],
        "NAME": "postgres",
        "CONN_MAX_AGE": 60,
    }
}
# Tables are made straight from the models: this database lives for one test.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
APPEND_SLASH = False
LOGGING = {
    "version": 1,
    "handlers": {"screen": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["screen"], "level": "INFO"},
}

SCIM_SERVICE_PROVIDER = {
    "SCHEME": "http",
    "NETLOC": _ADDRESS,
    "GROUP_MODEL": "directory.models.Group",
    "AUTHENTICATION_SCHEMES": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A fixed bearer token",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
        }
    ],
    "WWW_AUTHENTICATE_HEADER": 'Bearer realm="django-scim2"',
}
