"""The cookie that says which browser this is: signed, out of scripts' reach, and alive after a restart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from itsdangerous import Signer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.server import identity
from pages.server.identity import BrowserIdentity

ROOT = Path(__file__).resolve().parents[3]


async def page(request: Request) -> HTMLResponse:
    response = HTMLResponse("<p>hello</p>")
    response.set_cookie("streamlit", "own")
    return response


async def data(request: Request) -> PlainTextResponse:
    return PlainTextResponse("data")


def restart() -> None:
    """Forget the key, as a new process does not know it yet."""
    identity._signer.cache_clear()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    restart()
    yield tmp_path
    restart()


def browser(base_url: str = "http://localhost:8501") -> TestClient:
    """A browser without cookies, and an app of two answers behind the middleware."""
    app = Starlette(routes=[Route("/", page), Route("/data", data)], middleware=[BrowserIdentity.middleware()])
    return TestClient(app, base_url=base_url)


def cookies_set_for(header: str | None, *, path: str = "/") -> list[str]:
    """Our Set-Cookie headers for a request with a Cookie header."""
    answer = browser().get(path, headers={} if header is None else {"cookie": header})
    assert answer.status_code == 200
    return [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("descent_browser=")]


def new_cookie() -> str:
    """The name=value of a fresh cookie."""
    (cookie,) = cookies_set_for(None)
    return cookie.split(";")[0]


def test_a_new_browser_gets_a_cookie_that_scripts_cannot_read() -> None:
    (header,) = cookies_set_for(None)
    (cookie,) = SimpleCookie(header).values()
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) > 30 * 24 * 3600
    assert not cookie["secure"]
    assert not cookie["domain"]  # this host only


def test_over_https_the_cookie_stays_there() -> None:
    header = browser("https://localhost:8501").get("/").headers.get_list("set-cookie")
    assert any(cookie.startswith("descent_browser=") and "; Secure" in cookie for cookie in header)


def test_the_cookie_is_set_once() -> None:
    one = browser()
    first = one.get("/").headers.get_list("set-cookie")
    second = one.get("/").headers.get_list("set-cookie")
    assert any("descent_browser" in cookie for cookie in first)
    assert not any("descent_browser" in cookie for cookie in second)


def test_other_cookies_and_the_page_pass_through() -> None:
    answer = browser().get("/")
    assert answer.text == "<p>hello</p>"
    assert answer.cookies["streamlit"] == "own"


def test_only_pages_set_it() -> None:
    assert cookies_set_for(None, path="/data") == []


def test_two_browsers_get_different_ids() -> None:
    assert len({new_cookie() for _ in range(20)}) == 20


def test_a_cookie_outlives_a_restart() -> None:
    cookie = new_cookie()
    restart()
    assert cookies_set_for(cookie) == []


def test_another_process_knows_the_cookie_too() -> None:
    value = new_cookie().partition("=")[2]
    code = f"from pages.server.identity import _verified; print(_verified({value!r}))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == value.rpartition(".")[0]


def test_a_cookie_of_another_folder_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = new_cookie()
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "other"))
    restart()
    assert len(cookies_set_for(cookie)) == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "made-up",
        "made.up",
        ".",
        "a" * 100_000,
        "\xff\xfe",
        '"',
        "id." + "A" * 27,
        Signer(b"", salt="descent.browser").sign("victim").decode(),
        Signer(b"guess", salt="descent.browser").sign("victim").decode(),
    ],
    ids=["empty", "no signature", "short", "dot", "long", "bytes", "quote", "zeros", "no key", "another key"],
)
def test_a_forged_or_broken_cookie_is_replaced(value: str) -> None:
    header = f"descent_browser={value}".encode("latin-1").decode("latin-1")
    answer = browser().get("/", headers=[(b"cookie", header.encode("latin-1"))])
    assert answer.status_code == 200
    assert any(cookie.startswith("descent_browser=") for cookie in answer.headers.get_list("set-cookie"))


def test_another_id_under_the_same_signature_is_refused() -> None:
    signature = new_cookie().rpartition(".")[2]
    assert len(cookies_set_for(f"descent_browser=victim.{signature}")) == 1


@pytest.mark.parametrize(
    "others",
    ["_xsrf=2|ab|cd", "theme=dark", 'settings={"dark": true}', "a b=c", "name=Zo\u00eb", "=", "list=[1, 2]"],
)
def test_cookies_of_other_apps_on_this_host_do_not_hide_ours(others: str) -> None:
    """Cookies do not know ports: whatever else ran on localhost is sent along."""
    cookie = new_cookie()
    for header in (f"{others}; {cookie}", f"{cookie}; {others}"):
        answer = browser().get("/", headers=[(b"cookie", header.encode("utf-8"))])
        assert "descent_browser" not in str(answer.headers.get_list("set-cookie")), header


def test_the_key_is_the_owners_alone(folder: Path) -> None:
    new_cookie()
    key = folder / "cookie.key"
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"short"], ids=["empty", "cut off"])
def test_a_key_that_was_never_written_whole_is_not_used(folder: Path, content: bytes) -> None:
    """A crash between making and filling the file must not leave cookies that anybody can sign."""
    (folder / "cookie.key").write_bytes(content)
    forged = Signer(content, salt="descent.browser").sign("victim").decode()
    assert len(cookies_set_for(f"descent_browser={forged}")) == 1
