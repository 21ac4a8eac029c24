"""The thread that writes: in order, whole, and again where the disk refused."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.writer import Writer, words_for
from core.words import Said


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


class Desk:
    """A writer, a connection that reads, and what was said about trouble."""

    def __init__(self, path: Path) -> None:
        self.said: list[Said | None] = []
        self.heard = threading.Condition()
        self.reader = connect(path)
        self.reader.execute("CREATE TABLE notes (text TEXT NOT NULL)")
        self.writer = Writer(connect(path), self._hear)

    def _hear(self) -> None:
        with self.heard:
            self.said.append(self.writer.trouble)
            self.heard.notify_all()

    def wait_for(self, said: list[Said | None]) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: self.said == said, 30), self.said

    def note(self, text: str | None) -> None:
        def job(database: sqlite3.Connection) -> None:
            database.execute("INSERT INTO notes VALUES (?)", (text,))

        self.writer.do(job)

    def notes(self) -> list[str]:
        return [text for (text,) in self.reader.execute("SELECT text FROM notes ORDER BY rowid")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "notes.sqlite")
    yield desk
    desk.writer.close()
    desk.reader.close()


def test_jobs_are_done_in_their_order(desk: Desk) -> None:
    for number in range(300):
        desk.note(str(number))
    assert desk.writer.flush()
    assert desk.notes() == [str(number) for number in range(300)]
    assert desk.said == []


def test_a_job_that_is_wrong_in_itself_takes_no_other_with_it(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    held = threading.Event()

    def wait_for_the_rest(_: sqlite3.Connection) -> None:
        held.wait(30)

    def raise_key_error(_: sqlite3.Connection) -> None:
        raise KeyError("no such key")

    desk.writer.do(wait_for_the_rest)
    with caplog.at_level(logging.CRITICAL):
        desk.note("before")
        desk.note(None)  # NOT NULL
        desk.writer.do(raise_key_error)
        desk.note("after")
        held.set()
        assert desk.writer.flush()
    assert desk.notes() == ["before", "after"]
    assert desk.writer.trouble is None


def test_what_is_to_be_called_afterwards_is_called_once_it_is_committed(desk: Desk) -> None:
    seen: list[list[str]] = []

    def job(database: sqlite3.Connection):
        database.execute("INSERT INTO notes VALUES ('kept')")
        return lambda: seen.append(desk.notes())

    desk.writer.do(job)
    assert desk.writer.flush()
    assert seen == [["kept"]]


def test_jobs_wait_for_a_lock_and_nobody_waits_for_them(desk: Desk, tmp_path: Path) -> None:
    other = connect(tmp_path / "notes.sqlite")
    other.execute("BEGIN IMMEDIATE")
    desk.note("patient")
    desk.wait_for([Said("Another program has locked Descent's data")])
    assert not desk.writer.flush(), "where there is trouble it answers at once"
    other.execute("ROLLBACK")
    desk.wait_for([Said("Another program has locked Descent's data"), None])
    assert desk.writer.flush()
    assert desk.notes() == ["patient"]


def test_the_words_for_trouble_name_no_path() -> None:
    assert words_for(sqlite3.OperationalError("database or disk is full")) == Said("The disk is full")
    assert words_for(sqlite3.OperationalError("attempt to write a readonly database")) == Said(
        "Descent's data folder is read-only"
    )
    assert words_for(sqlite3.OperationalError("/home/ada/x: odd")) == Said("Descent's data cannot be written")
