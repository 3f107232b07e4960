"""Playing a scenario as far as it needs no target: what each event sets going, the log, and what has drifted."""
