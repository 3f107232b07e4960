"""Settings of the project."""

import os

SECRET_KEY = os.environ.get("SECRET_KEY", "for-development-only")
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "company.urls"
WSGI_APPLICATION = "company.wsgi.application"
INSTALLED_APPS = ["company"]
MIDDLEWARE = ["company.views.ScimGate"]
# In memory, and the same for every thread of this process.
MEMORY = "file:club?mode=memory&cache=shared"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("CLUB_DB", MEMORY)}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
APPEND_SLASH = False
SCIM_TOKEN = os.environ.get("SCIM_TOKEN", "a-token-for-development")
