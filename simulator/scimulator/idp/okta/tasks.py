"""The administrator's tasks: what the console lists, what it offers for each, and what a retry does.

Creates, profile pushes and group pushes that failed can be tried again; a deactivation that failed asks for work by
hand (recordings of 2026).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimulator.idp.directory import Kind
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.okta import words
from scimulator.idp.okta.entitlements import Entitlements
from scimulator.idp.okta.groups import Groups

if TYPE_CHECKING:
    from scimulator.idp.directory import Task
    from scimulator.idp.flow import Flow


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the console's page of tasks; ``retry`` tells whether its entries can be tried again."""

    title: str
    tasks: tuple[Task, ...]
    retry: bool


class Tasks(Entitlements, Groups):
    """What an administrator can do with the tasks of an app."""

    def board(self) -> tuple[Heading, ...]:
        """Return the open tasks as the console lists them: by title, in the order in which the first of each came."""
        titles = dict.fromkeys((task.title, task.retry) for task in self.app.tasks)
        return tuple(
            Heading(title, tuple(task for task in self.app.tasks if (task.title, task.retry) == (title, retry)), retry)
            for title, retry in titles
        )

    def retry(self, task: Task) -> Flow[Result]:
        """The button "Retry" runs the flow again from its start; the task closes, or another takes its place."""
        if task not in self.app.tasks:
            return Result(Outcome.SKIPPED, messages=("the task is closed already",))
        if not task.retry:
            return Result(Outcome.SKIPPED, messages=(f"{task.title}: the console offers no retry",))
        result = yield from self._again(task)
        # A failure of another kind has its own title and does not take the old task's place by itself.
        if task != result.task and task in self.app.tasks:
            self.app.tasks.remove(task)
        return result

    def settle(self, task: Task) -> None:
        """An administrator has done by hand what a task asks for; after a deprovisioning the account counts as off."""
        if task not in self.app.tasks:
            return
        self.app.tasks.remove(task)
        link = self.app.link(task.subject)
        if task.title == words.DEPROVISION_TITLE and link is not None and link.kind is Kind.PERSON:
            self.app.links[task.subject] = replace(link, active=False)

    def _again(self, task: Task) -> Flow[Result]:
        family, _, step = task.exchange_id.partition(".")
        match family:
            case "connection":
                return (yield from self.test_connection())
            case "entitlements":
                return (yield from self.discover_entitlements())
            case "groups" if step == "delete":
                return (yield from self.delete_group(task.subject))
            case "groups" if step == "rename" and self.app.link(task.subject):
                # The name was refused, so that the members were never sent either.
                renamed = yield from self.rename_group(task.subject)
                if not renamed.ok:
                    return renamed
                return (yield from self.push_now(task.subject))
            case "groups":
                return (yield from self.push_now(task.subject))
            case "users" if step.startswith("push"):
                return (yield from self.push_profile(task.subject))
        return (yield from self.assign(task.subject))
