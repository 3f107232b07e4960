"""The application's own model: staff and teams in SQLite. It knows nothing of SCIM."""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

TABLES = """
create table if not exists employee (
  id text primary key, login text not null unique collate nocase, given_name text, family_name text,
  display_name text, title text, department text, email text, phone text, mobile text,
  active integer not null, directory_id text,
  created text not null, changed text not null
);
create table if not exists team (
  id text primary key, name text not null, directory_id text, created text not null, changed text not null
);
create table if not exists membership (
  team text not null references team on delete cascade, employee text not null references employee on delete cascade,
  primary key (team, employee)
);
"""


def now() -> str:
    """Return the time of this moment in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class TakenError(ValueError):
    """Somebody else has this login."""


@dataclass(slots=True)
class Employee:
    """Somebody who works here; who has left stays, inactive, because of his time sheets."""

    login: str
    given_name: str | None = None
    family_name: str | None = None
    display_name: str | None = None
    title: str | None = None
    department: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    active: bool = True
    directory_id: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: str = field(default_factory=now)
    changed: str = ""

    def __post_init__(self) -> None:
        self.changed = self.changed or self.created


@dataclass(slots=True)
class Team:
    """People who work together; ``members`` are ids of employees."""

    name: str
    directory_id: str | None = None
    members: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: str = field(default_factory=now)
    changed: str = ""

    def __post_init__(self) -> None:
        self.changed = self.changed or self.created


class Staff:
    """The database."""

    def __init__(self, file: str = ":memory:") -> None:
        # The application's event loop and a test look at it from two threads, one after the other.
        self.db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.executescript(f"pragma foreign_keys = on; {TABLES}")

    def employees(self) -> list[Employee]:
        return [_employee(row) for row in self.db.execute("select * from employee order by created, id")]

    def employee(self, id: str) -> Employee | None:  # noqa: A002  the column's name
        row = self.db.execute("select * from employee where id = ?", (id,)).fetchone()
        return _employee(row) if row else None

    def by_login(self, login: str) -> Employee | None:
        row = self.db.execute("select * from employee where login = ?", (login,)).fetchone()
        return _employee(row) if row else None

    def save(self, one: Employee) -> None:
        names = list(Employee.__dataclass_fields__)
        values = {name: getattr(one, name) for name in names}
        updates = ", ".join(f"{name} = :{name}" for name in names if name != "id")
        columns, places = ", ".join(names), ", ".join(f":{name}" for name in names)
        try:
            self.db.execute(
                f"insert into employee ({columns}) values ({places}) on conflict (id) do update set {updates}",  # noqa: S608  fixed names
                values,
            )
        except sqlite3.IntegrityError as error:
            raise TakenError(one.login) from error

    def remove(self, one: Employee) -> None:
        self.db.execute("delete from employee where id = ?", (one.id,))

    def teams(self) -> list[Team]:
        return [self._team(row) for row in self.db.execute("select * from team order by created, id")]

    def team(self, id: str) -> Team | None:  # noqa: A002  the column's name
        row = self.db.execute("select * from team where id = ?", (id,)).fetchone()
        return self._team(row) if row else None

    def teams_of(self, one: Employee) -> list[Team]:
        return [team for team in self.teams() if one.id in team.members]

    def save_team(self, team: Team) -> None:
        self.db.execute(
            "insert into team values (?, ?, ?, ?, ?) on conflict (id) do update set name = excluded.name, "
            "directory_id = excluded.directory_id, changed = excluded.changed",
            (team.id, team.name, team.directory_id, team.created, team.changed),
        )
        self.db.execute("delete from membership where team = ?", (team.id,))
        self.db.executemany(
            "insert or ignore into membership select ?, id from employee where id = ?",
            [(team.id, member) for member in team.members],
        )

    def remove_team(self, team: Team) -> None:
        self.db.execute("delete from team where id = ?", (team.id,))

    def _team(self, row: sqlite3.Row) -> Team:
        found = self.db.execute("select employee from membership where team = ? order by rowid", (row["id"],))
        return Team(
            name=row["name"],
            directory_id=row["directory_id"],
            members=[each["employee"] for each in found],
            id=row["id"],
            created=row["created"],
            changed=row["changed"],
        )


def _employee(row: sqlite3.Row) -> Employee:
    return Employee(**{**dict(row), "active": bool(row["active"])})
