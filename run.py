"""Sets Descent up and starts it: `python3 run.py`. Uses the standard library only.

The first call makes `.venv`, installs and compiles what the app needs, and starts it; later calls start it
at once. What the app itself does is in `app.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

# What only some calls need (argparse, hashlib, socket, subprocess, ...) is imported where it is used:
# a second start spends nothing before it hands over to Streamlit.

USAGE = """\
Descent: watch a neural network learn.

  python3 run.py [options]             set up if needed, then start the dashboard
  python3 run.py setup                 set up only
  python3 run.py test [pytest options] set up for testing, then run every test

options
  --port N       the port to use (otherwise the first free one from 8501)
  --classroom    let other computers of the network in (otherwise only this one may)
  --host NAME    with --classroom: one more name by which students reach this computer
  --no-browser   do not open a browser window
  --workers N    processes that train (otherwise chosen from the number of cores)

Any other option goes on to `streamlit run`, for example --theme.base dark.
"""

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
# TensorFlow 2.21 has builds for these. 2.22 adds 3.14: then raise NEWEST_PYTHON.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
FIRST_PORT, LAST_PORT = 8501, 8599
REQUIREMENTS = {
    "app": ("requirements.txt",),
    "test": ("requirements.txt", "requirements-test.txt"),
}
WINDOWS = os.name == "nt"


class Trouble(Exception):
    """Something the person at the keyboard can put right; its text says what and how."""


def main(arguments: list[str]) -> int:
    """Run one command line; returns the exit code unless another program took over."""
    command, rest = split_command(arguments)
    try:
        if command == "help":
            print(USAGE, end="")
            return 0
        if command == "setup":
            if rest:
                raise Trouble("setup takes no options. `python3 run.py --help` lists what there is.")
            if not set_up("app"):
                print("Descent is set up. Start it with: python3 run.py")
            return 0
        if command == "test":
            set_up("test")
            return run_tests(rest)
        options, for_streamlit = parse(rest)
        set_up("app")
        return start_app(options, for_streamlit)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130


def split_command(arguments: list[str]) -> tuple[str, list[str]]:
    """Which command (`start`, `setup`, `test` or `help`) the arguments name, and what is left for it."""
    first = arguments[0] if arguments else ""
    if first in ("setup", "test", "start", "help"):
        return first, arguments[1:]
    if "-h" in arguments or "--help" in arguments:
        return "help", []
    return "start", arguments


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Descent's own options, and the arguments that go on to Streamlit."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise Trouble(f"{message[:1].upper()}{message[1:]}. `python3 run.py --help` lists what there is.")

    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--classroom", action="store_true")
    parser.add_argument("--host", action="append", default=[])
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--workers", type=int)
    options, for_streamlit = parser.parse_known_args(arguments)

    if options.host and not options.classroom:
        raise Trouble("--host goes with --classroom: without it only this computer may open Descent.")
    if options.workers is not None and options.workers < 1:
        raise Trouble(f"--workers must be 1 or more, not {options.workers}.")
    if options.port is not None and not 1 <= options.port <= 65535:
        raise Trouble(f"--port must be between 1 and 65535, not {options.port}.")
    return options, for_streamlit


def start_app(options: argparse.Namespace, for_streamlit: list[str]) -> int:
    port = choose_port(options, for_streamlit)
    names = own_names() if options.classroom else []
    arguments, environment = translate(options, port, names)
    if port is not None:
        if options.port is None and port != FIRST_PORT:
            print(f"Port {FIRST_PORT} is taken, so Descent uses {port}.")
        if options.classroom and not network_address(names):
            print("This computer is in no network now: nobody else can open Descent.")
        url = environment.get("DESCENT_CLASSROOM", f"http://127.0.0.1:{port}")
        reach = "everyone in this network" if options.classroom else "this computer"
        print(f"Descent for {reach}: {url} (Ctrl-C ends it)")
    return hand_over(["-m", "streamlit", "run", "app.py", *arguments, *for_streamlit], environment)


def translate(options: argparse.Namespace, port: int | None, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Streamlit's arguments and the environment variables that say what Descent's own options say.

    Args:
        port: where to listen; None leaves it to Streamlit.
        names: by which names other computers may reach this one; used with --classroom only.
    """
    arguments: list[str] = []
    environment: dict[str, str] = {}
    if port is not None:
        # The welcome message is ours, with this same address.
        arguments += ["--server.port", str(port), "--logger.hideWelcomeMessage", "true"]
    if options.classroom:
        # With an address of the network in the browser's bar, the teacher's links work for the students.
        # Given one, Streamlit also does not ask a server on the internet for our address.
        address = network_address(names) or "127.0.0.1"
        arguments += ["--server.address", "0.0.0.0", "--browser.serverAddress", address]
        # Streamlit refuses every other name in a request: that stops DNS rebinding.
        for name in dict.fromkeys([*names, *options.host]):
            arguments += ["--server.allowedHosts", name]
        environment["DESCENT_CLASSROOM"] = f"http://{address}:{port}" if port else f"http://{address}"
    if options.no_browser:
        arguments += ["--server.headless", "true"]
    if options.workers is not None:
        environment["DESCENT_WORKERS"] = str(options.workers)
    return arguments, environment


def choose_port(options: argparse.Namespace, for_streamlit: list[str]) -> int | None:
    """The port asked for, or the next free one; None where one of Streamlit's own ways has settled it."""
    address = "0.0.0.0" if options.classroom else "127.0.0.1"
    if options.port is not None:
        if not port_is_free(options.port, address):
            raise Trouble(f"Port {options.port} is taken. Choose another, or leave --port out.")
        return int(options.port)
    if "STREAMLIT_SERVER_PORT" in os.environ or any(a.startswith("--server.port") for a in for_streamlit):
        return None
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if port_is_free(port, address):
            return port
    raise Trouble(f"Every port from {FIRST_PORT} to {LAST_PORT} is taken. Choose one with --port.")


def port_is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    import socket

    with socket.socket() as probe:
        if WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        else:  # a port in TIME_WAIT, as after a restart, is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    if WINDOWS:
        return True
    # macOS lets 127.0.0.1 be bound beside a server that listens on every address: ask whether one answers.
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def own_names() -> list[str]:
    """The names and addresses by which a browser in this network may reach this computer."""
    import socket

    names = ["localhost", "127.0.0.1", "::1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:  # a UDP connect sends nothing; it only picks the address that faces the network
            probe.connect(("192.0.2.1", 9))
            names.append(probe.getsockname()[0])
        except OSError:
            pass
    host = socket.gethostname().lower()
    short = host.split(".")[0]
    names += [host, short, f"{short}.local"]
    try:
        names += [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, socket.AF_INET)]
    except OSError:
        pass
    return list(dict.fromkeys(name for name in names if name))


def network_address(names: list[str]) -> str | None:
    """The first of the names that is an address which other computers can use."""
    return next((name for name in names if name[:1].isdigit() and not name.startswith("127.")), None)


def hand_over(python_arguments: list[str], environment: dict[str, str]) -> int:
    """Become the environment's Python, so that signals and the exit code are its own."""
    python = str(environment_python())
    variables = {**os.environ, **environment}
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(python, [python, *python_arguments], variables)
    import subprocess

    # Windows cannot replace a process. Ctrl-C reaches both; this one waits for the other to end.
    process = subprocess.Popen([python, *python_arguments], env=variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def environment_python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")


def stamp(kind: str, python_version: tuple[int, int]) -> str:
    """What an environment was made from, as one line: requirements, Python and platform.

    Args:
        kind: `app` or `test`.
        python_version: major and minor number of the Python the environment is made with.
    """
    import hashlib
    import sysconfig

    content = hashlib.sha256()
    for name in REQUIREMENTS[kind]:
        content.update((ROOT / name).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    version = ".".join(map(str, python_version))
    return f"{kind} {content.hexdigest()} python-{version} {sysconfig.get_platform()}"


def is_ready(wanted: str) -> bool:
    return environment_python().exists() and wanted in read_stamps()


def read_stamps() -> list[str]:
    """The finished set-ups of this environment; `["unfinished"]` where one was cut off."""
    try:
        return (ENVIRONMENT / ".descent").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def write_stamps(lines: list[str]) -> None:
    file = ENVIRONMENT / ".descent.new"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.replace(ENVIRONMENT / ".descent")


def choose_python(version: tuple[int, int] | None = None) -> tuple[str, tuple[int, int]]:
    """The Python to make the environment with: this one if TensorFlow is built for it, else one beside it."""
    version = version or sys.version_info[:2]
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return sys.executable, version
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        found = find_python(minor)
        if found:
            return found, (3, minor)
    have = ".".join(map(str, version))
    newest = ".".join(map(str, NEWEST_PYTHON))
    why = "is too old" if version < OLDEST_PYTHON else "is newer than TensorFlow's builds"
    raise Trouble(
        f"Python {have} {why}: Descent needs Python 3.{OLDEST_PYTHON[1]} to {newest}. "
        f"Install Python {newest} (https://www.python.org/downloads/) and run: python{newest} run.py"
    )


def find_python(minor: int) -> str | None:
    """Where Python 3.`minor` is, or None."""
    found = shutil.which(f"python3.{minor}")
    if found or not WINDOWS or not shutil.which("py"):
        return found
    import subprocess

    ask = ["py", f"-3.{minor}", "-c", "import sys; print(sys.executable)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def set_up(kind: str) -> bool:
    """Make the environment ready for `kind`; returns whether there was anything to do."""
    python, version = choose_python()
    wanted = stamp(kind, version)
    if is_ready(wanted):
        return False
    import signal

    # Ended from outside, it takes pip along instead of leaving it behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with SetupLock():
        if is_ready(wanted):  # another set-up, waited for, has done it
            return False
        begin = time.monotonic()
        check_machine()
        if read_stamps() in ([], ["unfinished"]):
            print("Setting Descent up. This takes a few minutes once, and fetches about 800 MB.", flush=True)
        else:
            print("Bringing Descent's environment up to date.", flush=True)
        finished = create_environment(python, version)
        write_stamps(["unfinished"])
        install(kind)
        compile_packages()
        check_packages()
        # The test requirements contain the app's. Another Python's or requirements' stamps are void.
        kinds = ["app", "test"] if kind == "test" else ["app"]
        made = [stamp(name, version) for name in kinds]
        still_true = [line for line in finished if line == stamp("test", version) and line not in made]
        write_stamps(made + still_true)
        print(f"Ready after {seconds_since(begin)}.", flush=True)
    return True


class SetupLock:
    """Holds a lock file while one set-up works; a second one waits. The system frees it if we die."""

    def __enter__(self) -> None:
        self._file = open(ROOT / ".venv.lock", "w", encoding="utf-8")
        told = False
        while not self._lock():
            if not told:
                print("Another set-up is at work here: waiting for it.", flush=True)
                told = True
            time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _lock(self) -> bool:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def check_machine() -> None:
    import platform

    if sys.maxsize < 2**32:
        raise Trouble("This is a 32-bit Python. TensorFlow needs a 64-bit one: https://www.python.org/downloads/")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise Trouble(
            "TensorFlow is no longer made for Macs with an Intel processor. On Apple silicon install "
            "the native Python (this one runs under Rosetta); otherwise run Descent on another computer."
        )


def create_environment(python: str, version: tuple[int, int]) -> list[str]:
    """Make `.venv`, or keep the one that is whole; returns the set-ups that were finished in it."""
    import subprocess

    step = Step(1, "Creating the environment")
    finished = read_stamps()
    if finished != ["unfinished"] and environment_version() == version:
        step.done("kept the one that is there")
        return finished
    remove_environment()
    answer = subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False)
    if answer.returncode != 0:
        name = ".".join(map(str, version))
        raise Trouble(
            f"This Python {name} cannot make environments: a part of it (venv) is missing. "
            f"On Debian or Ubuntu: sudo apt install python{name}-venv. "
            "Elsewhere: take the Python from https://www.python.org/downloads/."
        )
    ENVIRONMENT.mkdir()
    write_stamps(["unfinished"])  # from here on, a set-up that was cut off is known as one
    made = subprocess.run(
        [python, "-m", "venv", str(ENVIRONMENT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise Trouble(f"The environment could not be made. Python said:\n{tail(made.stdout.splitlines())}")
    step.done()
    return []


def environment_version() -> tuple[int, int] | None:
    """Major and minor version of the Python in `.venv`, or None where it does not work."""
    import subprocess

    ask = [str(environment_python()), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=True)
        major, minor = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return major, minor


def remove_environment() -> None:
    if not ENVIRONMENT.exists() and not ENVIRONMENT.is_symlink():
        return
    try:
        shutil.rmtree(ENVIRONMENT)
    except OSError as error:
        raise Trouble(
            f"The old environment could not be removed ({error}). "
            f"End what still uses it, delete the folder {ENVIRONMENT}, and run this again."
        ) from None


def install(kind: str) -> None:
    """Install the requirements with pip, showing how far it is."""
    step = Step(2, "Installing the packages")
    before = count_packages()
    progress = PipProgress()
    said: list[str] = []
    # Compiling is the next step: there it uses every core.
    options = ["--disable-pip-version-check", "--no-input", "--prefer-binary", "--no-compile"]
    pip = [str(environment_python()), "-m", "pip", "install", *options, "--progress-bar", "off"]
    pip += ["-r", REQUIREMENTS[kind][-1]]
    with Running(pip, {"PIP_USER": "0"}) as running:
        for line in running:
            if line:
                said.append(line)
                progress.read(line)
            step.show(progress.text(count_packages() - before))
    if running.exit_code != 0:
        step.done("failed")
        raise Trouble(
            "The packages could not be installed. Check the internet connection and the space on the disk, "
            f"then run the same command again. pip said last:\n{tail(said)}"
        )
    step.done(f"{count_packages()} packages")


class PipProgress:
    """How far pip is, read from the lines it prints."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.fetched: set[str] = set()
        self.to_install = 0
        self.now = ""

    def read(self, line: str) -> None:
        """
        >>> progress = PipProgress()
        >>> progress.read("Collecting keras<4,>=3.15 (from -r requirements.txt (line 6))")
        >>> progress.read("Downloading keras-3.15.1-py3-none-any.whl (1.4 MB)")
        >>> progress.text(0)
        'fetching package 1: keras (1.4 MB)'
        """
        words = line.split()
        if words[0] == "Collecting" and len(words) > 1:
            found = re.match(r"[\w.-]+", words[1])
            if found:
                self.known.add(canonical(found[0]))
        elif words[0] in ("Downloading", "Using", "Processing") and re.search(r"\.whl\b(?!\.metadata)", line):
            file = next(word for word in words if ".whl" in word)
            name = canonical(re.split(r"[/\\]", file)[-1].split("-")[0])
            size = re.search(r"\(([\d.]+ [kMG]B)\)", line)
            self.known.add(name)
            self.fetched.add(name)
            self.now = f"{name} ({size[1]})" if size else name
        elif line.startswith("Installing collected packages:"):
            self.to_install = line.count(",") + 1

    def text(self, installed: int) -> str:
        """One phrase for the live line; `installed` is how many packages are new in the environment."""
        if self.to_install:
            return f"installed {min(installed, self.to_install)} of {self.to_install}"
        if not self.fetched:
            return ""
        # Older pips fetch as they find: then the number known so far says nothing about the end.
        total = f" of {len(self.known)}" if len(self.known) > len(self.fetched) + 1 else ""
        return f"fetching package {len(self.fetched)}{total}: {self.now}"


def canonical(name: str) -> str:
    """A package's name as PyPI compares it: `typing_extensions` is `typing-extensions`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def site_packages() -> Path:
    if WINDOWS:
        return ENVIRONMENT / "Lib" / "site-packages"
    return next(ENVIRONMENT.glob("lib/python3*/site-packages"), ENVIRONMENT / "lib")


def count_packages() -> int:
    return sum(1 for _ in site_packages().glob("*.dist-info"))


def compile_packages() -> None:
    """Compile what was installed: TensorFlow imports in 5 s instead of 12 to 30."""
    step = Step(3, "Compiling them, so that every start is quick")
    # Some packages carry templates that are not valid Python: what cannot be compiled is left as it is.
    command = [str(environment_python()), "-m", "compileall", "-q", "-j", "0", str(site_packages())]
    with Running(command, {"PYTHONDONTWRITEBYTECODE": ""}) as running:
        for _ in running:
            step.show()
    step.done()


def check_packages() -> None:
    """Import the large packages once: what a computer lacks for them shows here, in words."""
    step = Step(4, "Checking that they work")
    said: list[str] = []
    command = [str(environment_python()), "-c", "import tensorflow, keras, sklearn, plotly, streamlit"]
    with Running(command, {"TF_CPP_MIN_LOG_LEVEL": "3"}) as running:
        for line in running:
            if line:
                said.append(line)
            step.show()
    if running.exit_code != 0:
        step.done("failed")
        hint = (
            "TensorFlow needs Microsoft's Visual C++ Redistributable: https://aka.ms/vs/17/release/vc_redist.x64.exe."
            if WINDOWS
            else "TensorFlow needs a processor with AVX, from 2011 or later."
        )
        raise Trouble(f"The packages are installed but do not start here. {hint} Python said:\n{tail(said)}")
    step.done()


class Running:
    """A program at work. Iterating gives its lines, and None four times a second so that a clock can tick."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        import queue
        import subprocess
        import threading

        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._empty = queue.Empty
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.exit_code: int | None = None

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def __iter__(self) -> Iterator[str | None]:
        while True:
            try:
                line = self._lines.get(timeout=0.25)
            except self._empty:
                yield None
                continue
            if line is None:
                self.exit_code = self._process.wait()
                return
            yield line

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:  # we were stopped: so is it
            self._process.terminate()
            self._process.wait()


class Step:
    """One numbered line of the set-up: live on a terminal, calm anywhere else."""

    TOTAL = 4
    CALM_SECONDS = 15

    def __init__(self, number: int, title: str) -> None:
        self._title = f"{number}/{self.TOTAL} {title}"
        self._begin = self._last_shown = time.monotonic()
        self._live = sys.stdout.isatty()
        if not self._live:
            print(self._title, flush=True)

    def show(self, detail: str = "") -> None:
        now = time.monotonic()
        if now - self._last_shown < (0.2 if self._live else self.CALM_SECONDS):
            return
        self._last_shown = now
        if self._live:
            self._line(f"{self._title}: {detail + ', ' if detail else ''}{seconds_since(self._begin)}")
        else:
            print(f"    {detail + ', ' if detail else ''}{seconds_since(self._begin)}", flush=True)

    def done(self, detail: str = "") -> None:
        detail = f"{detail + ', ' if detail else ''}{seconds_since(self._begin)}"
        if self._live:
            self._line(f"{self._title}: {detail}")
            print(flush=True)
        else:
            print(f"    done: {detail}" if not detail.startswith("failed") else f"    {detail}", flush=True)

    def _line(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width), end="", flush=True)


def seconds_since(begin: float) -> str:
    return f"{time.monotonic() - begin:.0f} s"


def tail(lines: list[str], count: int = 12) -> str:
    """The last lines worth reading, indented."""
    telling = [line for line in lines if line.strip() and not line.startswith("WARNING: Location")]
    return "\n".join(f"    {line}" for line in telling[-count:])


def run_tests(pytest_arguments: list[str]) -> int:
    """Run pytest in the environment, with a browser for the tests that need one."""
    browser = find_browser() or install_browser()
    return hand_over(["-m", "pytest", *pytest_arguments], {"DESCENT_BROWSER": browser})


def find_browser() -> str | None:
    """A Chromium, Chrome or Edge of this computer, or None.

    Raises:
        Trouble: DESCENT_BROWSER names a file that is not there.
    """
    chosen = os.environ.get("DESCENT_BROWSER")
    if chosen:
        if not shutil.which(chosen):
            raise Trouble(f"DESCENT_BROWSER is {chosen}, and no program is there. Correct it, or unset it.")
        return shutil.which(chosen)
    for candidate in browser_candidates():
        if starts(candidate):
            return candidate
    return None


def browser_candidates() -> Iterator[str]:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"):
        found = shutil.which(name)
        if found:
            yield found
    programs = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    mac = ["/Applications", str(Path.home() / "Applications")]
    places = [f"{folder}/{browser}" for folder in mac for browser in MAC_BROWSERS]
    places += [f"{folder}/{browser}" for folder in programs if folder for browser in WINDOWS_BROWSERS]
    for place in places:
        if Path(place).is_file():
            yield str(Path(place))
    for folder in playwright_folders():
        for browser in PLAYWRIGHT_BROWSERS:
            yield from sorted(map(str, folder.glob(f"chromium-*/{browser}")), reverse=True)


MAC_BROWSERS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
PLAYWRIGHT_BROWSERS = (
    "chrome-linux*/chrome",
    "chrome-mac*/*.app/Contents/MacOS/*",
    "chrome-win*/chrome.exe",
)
WINDOWS_BROWSERS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


def playwright_folders() -> list[Path]:
    """Where `playwright install` puts its browsers."""
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "0")
    usual = [
        Path.home() / ".cache" / "ms-playwright",
        Path.home() / "Library" / "Caches" / "ms-playwright",
        Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ms-playwright",
    ]
    return ([] if own == "0" else [Path(own)]) + usual


def starts(browser: str) -> bool:
    """Whether it is a browser at all: Ubuntu's chromium-browser may be a script that says to get a snap."""
    if not sys.platform.startswith("linux"):  # elsewhere --version opens a window
        return True
    import subprocess

    try:
        answer = subprocess.run([browser, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install_browser() -> str:
    """Fetch a Chromium: from Debian's packages where we may, else with Playwright."""
    import subprocess

    print("The tests need a browser and none was found: installing Chromium.", flush=True)
    for commands in browser_installers():
        for command in commands:
            print(f"    {' '.join(command)}", flush=True)
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            try:
                answer = subprocess.run(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    timeout=900,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                print(f"    {error}", flush=True)
                break
            if answer.returncode != 0:
                print(tail(answer.stdout.splitlines(), 4), flush=True)
                break
        found = find_browser()
        if found:
            return found
    raise Trouble(
        "The tests drive a real browser, and none could be found or installed. Install Chromium, Chrome "
        "or Edge, or set DESCENT_BROWSER to the path of one, and run `python3 run.py test` again."
    )


def browser_installers() -> Iterator[list[list[str]]]:
    """Ways to get a Chromium, the best first; each is a list of commands."""
    if sys.platform.startswith("linux") and shutil.which("apt-get"):
        root = os.geteuid() == 0
        if root or shutil.which("sudo"):
            prefix = [] if root else ["sudo", "-n"]
            yield [[*prefix, "apt-get", "update"], [*prefix, "apt-get", "install", "-y", "chromium"]]
    yield [[str(environment_python()), "-m", "playwright", "install", "chromium"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
