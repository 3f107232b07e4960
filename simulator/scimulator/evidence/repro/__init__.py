"""Repros: the exchanges that show a finding, as something that anybody can run and a vendor can read."""
