"""Makes the tables and serves; started by ``servers/django.py``."""

from __future__ import annotations

import os

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("runserver", os.environ["INTEROP_ADDRESS"], use_reloader=False, skip_checks=True)
