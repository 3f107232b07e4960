"""Make the sample run anew: ``python tests/browser/make_sample.py``; the same each time, names and moments too."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from scimulator import content

FAULTS = "group-remove-by-value-wipes,filter-compound-finds-nobody,deactivation-echoed-not-stored"
CHECKS = (
    *("sanity", "patch.active", "okta.deactivate", "okta.assign", "entra.deactivate", "entra.groups", "entra.match"),
    *("filtering.or", "filtering.case"),
)
SAMPLE = content("reports") / "samples" / "three-faults.jsonl"
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LINK = re.compile(rb"(?<=\b00[ug])[A-Za-z0-9]{17}\b")
"""What follows the letter in the ids of Okta's people and groups."""
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?=Z|\+)")


def main() -> None:
    """Run the check, and put steady names in place of what differs from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "run.jsonl"
        dialects = ("--dialect", "entra.legacy", "--dialect", "okta.template")
        command = ["check", *CHECKS, f"reference:{FAULTS}", *dialects, "--seed", "7", "--json", str(stream)]
        done = subprocess.run([sys.executable, "-m", "scimulator", *command], capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())
        text = stream.read_bytes()
    run = orjson.loads(text.splitlines()[0])["run"]
    for spelled, steady in ((run, b"samp1"), (run.upper(), b"SAMP1"), (run.swapcase(), b"SAMP1")):
        text = text.replace(spelled.encode(), steady)
    known: dict[bytes, bytes] = {}
    text = _ID.sub(lambda found: known.setdefault(found[0], b"00000000-0000-4000-8000-%012x" % (len(known) + 1)), text)
    text = _LINK.sub(lambda found: known.setdefault(found[0], b"samp1%012x" % (len(known) + 1)), text)
    text = _MOMENT.sub(b"2026-01-01T00:00:00", text)
    lines = []
    clock = 1767225600.0
    for line in text.splitlines():
        record = orjson.loads(line)
        if "duration" in record:
            record["duration"] = 0.004
        for position, exchange in enumerate(record.get("exchanges", ())):
            clock += 0.01
            exchange["started"] = round(clock, 3)
            exchange["elapsed"] = round(0.0012 + 0.0007 * (position % 9), 4)
        lines.append(orjson.dumps(record))
    SAMPLE.write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main()
