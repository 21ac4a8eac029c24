"""Tabs of a browser, lent to one test after the other.

A page of the app in a tab of its own takes 2.7 s of the processor, in a new context 4 s, and 1.7 s in a tab that has
shown one before: what the tab's process has compiled is still there. A tab is lent as if it were new: no cookies and
nothing stored from the test before, no routes, nobody who listens.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

#: What is set for a tab, not for its context.
_OF_A_TAB = ("viewport", "color_scheme")

#: Milliseconds: how long whatever is waited for may take on a slow and busy machine.
_PATIENCE = 120_000

_FORGET = "() => { localStorage.clear(); sessionStorage.clear() }"


class Tabs:
    """Tabs of contexts, a context for each set of options and each browser that a test needs at once.

    Args:
        make: makes a context with options.
        usual: the options that hold where a test names no others.
        first: a context for those who do not need a browser of their own.
        remembers: cookies that it keeps from test to test.

    >>> page = tabs.lend({"viewport": {"width": 390, "height": 844}, "has_touch": True})
    >>> tabs.take_back()  # at the end of a test: all that were lent
    """

    def __init__(
        self,
        make: Callable[..., BrowserContext],
        usual: dict[str, Any],
        first: BrowserContext | None = None,
        remembers: Collection[str] = (),
    ) -> None:
        self._make = make
        self._usual = usual
        self._first = first
        self._remembers = remembers
        self._free: dict[str, list[Page]] = {}
        self._lent: list[tuple[str, Page]] = []
        self._spent: set[Page] = set()
        self._listeners: dict[Page, list[tuple[str, Any]]] = {}

    def lend(self, options: dict[str, Any] | None = None, *, another_browser: bool = True) -> Page:
        """A blank tab in a browser of its own; in the first one, if `another_browser` is False and no option is one of
        contexts.
        """
        given = {**self._usual, **(options or {})}
        for_context = {name: value for name, value in given.items() if name not in _OF_A_TAB}
        is_usual = for_context == {name: value for name, value in self._usual.items() if name not in _OF_A_TAB}
        shares = self._first is not None and is_usual and not another_browser
        kind = "first" if shares else repr(sorted(for_context.items()))
        free = self._free.setdefault(kind, [])
        if free:
            page = free.pop()
        elif shares:
            assert self._first
            page = self._first.new_page()
        else:
            page = self._make(**{**self._usual, **for_context}).new_page()
        page.set_viewport_size(given["viewport"])
        page.emulate_media(color_scheme=given.get("color_scheme", "light"))
        page.set_default_timeout(_PATIENCE)
        page.bring_to_front()  # a tab behind another has a process of low priority: beside busy ones its frames stop
        self._lent.append((kind, page))
        self._note_who_listens(page)
        return page

    def take_back(self) -> None:
        """Make the tabs that were lent blank again. Those that cannot be are closed."""
        ours = {page for _, page in self._lent}.union(*self._free.values())
        for kind, page in self._lent:
            self._stop_listening(page)
            try:
                for other in set(page.context.pages) - ours:
                    other.close()
                if page in self._spent:
                    self._close(kind, page)
                elif not page.is_closed():
                    self._make_blank(kind, page)
                    self._free[kind].append(page)
            except Error:  # a page that hangs or has crashed; the test has said so
                self._close(kind, page)
        self._lent.clear()

    def _make_blank(self, kind: str, page: Page) -> None:
        page.unroute_all(behavior="ignoreErrors")
        page.evaluate(_FORGET)
        page.goto("about:blank")
        page.mouse.move(0, 0)
        if kind != "first":
            page.context.clear_cookies()
            return
        for cookie in page.context.cookies():
            if cookie.get("name") not in self._remembers:
                page.context.clear_cookies(name=cookie.get("name"))

    def spend(self, page: Page) -> None:
        """For a test that changes a tab for good, as with a clock of its own: nobody gets it afterwards."""
        self._spent.add(page)

    def close(self) -> None:
        for kind, pages in self._free.items():
            for page in pages:
                self._close(kind, page)
        self._free.clear()

    def _close(self, kind: str, page: Page) -> None:
        with contextlib.suppress(Exception):
            if kind == "first":
                page.close()
            else:
                page.context.close()

    def _note_who_listens(self, page: Page) -> None:
        """Playwright cannot be asked who listens, so it is noted."""
        listeners = self._listeners.setdefault(page, [])
        for name in ("on", "once"):
            listen = getattr(type(page), name)

            def noting(event: str, handler: Any, listen: Any = listen) -> None:
                listeners.append((event, handler))
                listen(page, event, handler)

            setattr(page, name, noting)

    def _stop_listening(self, page: Page) -> None:
        for event, handler in self._listeners.pop(page, ()):
            with contextlib.suppress(Exception):  # one that was to hear a single event is gone already
                page.remove_listener(event, handler)
        for name in ("on", "once"):
            with contextlib.suppress(AttributeError):
                delattr(page, name)
