"""django-scim2 (https://github.com/15five/django-scim2) in the smallest Django project, on PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .postgres import ROLE, cluster
from .process import Served, answers, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "interop-token-of-django-scim2"
PROJECT = Path(__file__).parents[1] / "django_project"


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve an empty django-scim2.

    Raises:
        ServerUnavailable: where no PostgreSQL is installed.
    """
    with cluster() as socket_folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}/scim/v2"
        env = {
            **os.environ,
            "INTEROP_DATABASE_HOST": str(socket_folder),
            "INTEROP_DATABASE_ROLE": ROLE,
            "INTEROP_ADDRESS": f"127.0.0.1:{port}",
            "INTEROP_TOKEN": TOKEN,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with running(
            [sys.executable, PROJECT / "serve.py"],
            ready=answers(f"{url}/ServiceProviderConfig"),
            log=folder / "django-scim2.log",
            env=env,
            cwd=folder,
        ) as process:
            yield Served(url, TOKEN, "django-scim2", version("django-scim2"), process.pid)
