"""``python -m scimulator`` is the command ``scimulator``."""

from __future__ import annotations

import sys

from scimulator.cli.main import main

sys.exit(main())
