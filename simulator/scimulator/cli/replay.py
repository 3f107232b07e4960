"""``scimulator replay``: try again what failed in the last run."""

from __future__ import annotations

import click

from scimulator.cli.choosing import reaching
from scimulator.cli.main import Verb, examples


@click.command(
    cls=Verb,
    epilog=examples("scimulator replay", "scimulator replay https://scim.example.com/scim/v2 --run scim-run.jsonl"),
)
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--run", "run_file", metavar="FILE", help="Run stream of a check; default: the last one.")
@click.option("--json", "json_file", metavar="FILE", help="Also write what came of it here.")
@reaching
def replay(target: str | None, run_file: str | None, json_file: str | None, **options: object) -> int:
    """Try the failures of a run again, and say FIXED, STILL FAILING or DIFFERENT for each.

    Without a TARGET it is that of the run. Exit code: 0 all fixed, 1 one is not, 4 unreachable or credentials refused.
    """
    from scimulator.cli.replay_failures import RUN_FILE, replay_failures

    return replay_failures(run_file or RUN_FILE, target, options=options, json_file=json_file)
