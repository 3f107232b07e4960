"""What every identity provider's engine has: a dialect, a profile, a directory, an app, and a way to send."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from scimulator.catalogue.profiles import Profile
from scimulator.idp.directory import App, Kind, Link, Task
from scimulator.idp.flow import Outcome, Result, Send
from scimulator.idp.mapping import Mapping, mapping_of
from scimulator.idp.render import render

if TYPE_CHECKING:
    from scimulator.catalogue.dialects import Dialect
    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import Directory
    from scimulator.idp.flow import Flow


class Engine:
    """One identity provider connected to one target by one app.

    ``dialect`` is a name, or a ``Profile`` with its switches set. ``mapping`` replaces the profile's default one.
    ``randomness`` gives passwords and random ids; with a seed all requests repeat.
    """

    def __init__(
        self,
        dialect: str | Dialect | Profile,
        directory: Directory,
        *,
        app: App | None = None,
        mapping: Mapping | None = None,
        randomness: random.Random | None = None,
    ) -> None:
        self.profile = dialect if isinstance(dialect, Profile) else Profile.load(dialect)
        self.directory = directory
        self.app = app if app is not None else App()
        self.mapping = mapping if mapping is not None else mapping_of(self.profile.mapping)
        self.randomness = randomness if randomness is not None else random.Random()  # noqa: S311  no secret of anybody

    def send(self, exchange_id: str, /, **values: Json) -> Flow[Response | None]:
        """Send one exchange of the profile once and return the answer, None where no usable one came."""
        exchange = self.profile.exchange(exchange_id)
        return (yield Send(exchange.id, render(self.profile, exchange, values), exchange))

    def link(self, subject: str, kind: Kind, remote_id: str, *, active: bool = True) -> Link:
        """Remember which resource belongs to an entry of the directory."""
        link = Link(subject, kind, remote_id, active)
        self.app.links[subject] = link
        return link

    def failed(
        self,
        subject: str,
        title: str,
        message: str,
        answer: Response | None = None,
        *,
        retry: bool = True,
        outcome: Outcome = Outcome.FAILED,
    ) -> Result:
        """Give up: an administrator gets a task with the message."""
        task = Task(subject, title, message, retry)
        self.app.tasks.append(task)
        status = answer.status if answer is not None else 0
        return Result(outcome, self.app.remote_id(subject), (message,), task, status)
