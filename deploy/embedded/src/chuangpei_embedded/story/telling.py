"""How the story is told: one line a step in both languages, a bar on the long ones, a table at the end."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

T = TypeVar("T")


class Teller:
    """Tells to a console; a silent one by default."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(quiet=True)
        self._steps = 0

    def chapter(self, zh: str, en: str) -> None:
        """A heading."""
        self._console.print(f"\n[bold]{escape(zh)} · {escape(en)}[/bold]")

    def note(self, zh: str, en: str) -> None:
        """Something that takes a while begins."""
        self._console.print(f"[dim]… {escape(zh)} · {escape(en)}[/dim]", soft_wrap=True)

    def done(self, zh: str, en: str, fact: str = "") -> None:
        """One step that was taken and came out as it should; ``fact`` is what it gave."""
        self._steps += 1
        tail = f"  [dim]{escape(fact)}[/dim]" if fact else ""
        line = f"[green]✓[/green] {self._steps:02} {escape(zh)} · {escape(en)}{tail}"
        self._console.print(line, soft_wrap=True)

    async def each(self, things: Sequence[T], zh: str, en: str) -> AsyncIterator[T]:
        """The things one after another, with a progress bar while they last."""
        with self._bar() as progress:
            task = progress.add_task(escape(f"{zh} · {en}"), total=len(things))
            for thing in things:
                yield thing
                progress.advance(task)

    @contextmanager
    def _bar(self) -> Iterator[Progress]:
        columns = (TextColumn("  [cyan]…[/cyan] {task.description}"), BarColumn(), MofNCompleteColumn())
        shown = self._console.is_terminal  # in a file or a pipe the finished step says it all
        with Progress(*columns, console=self._console, transient=True, disable=not shown) as progress:
            yield progress

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A summary."""
        table = Table(*columns, title=title, title_justify="left")
        for row in rows:
            table.add_row(*map(escape, row))
        self._console.print()
        self._console.print(table)
