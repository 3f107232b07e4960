"""The test database: made once, every test in a transaction that is undone."""

from __future__ import annotations

import pytest
from company.wsgi import application
from django.conf import settings
from django.db import transaction

from scimulator.testing import ScimApplication


@pytest.fixture(autouse=True)
def undone():
    # scimulator calls a WSGI application in the thread of the test, so both see this transaction.
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def scim_target_spec():
    return ScimApplication(application, path="/scim/v2", token=settings.SCIM_TOKEN)
