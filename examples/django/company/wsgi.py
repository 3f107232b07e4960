"""``wsgi:company.wsgi:application/scim/v2`` for scimulator, or for any WSGI server."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "company.settings")
application = get_wsgi_application()
if settings.DATABASES["default"]["NAME"] == settings.MEMORY:
    # A database that lives as long as the process has to be made by it.
    call_command("migrate", run_syncdb=True, verbosity=0)
