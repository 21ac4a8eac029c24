"""The front end as two scripts: what a browser loads instead of a hundred modules that ask for each other.

The first has what the Train page and a film need, and comes with every page; the other has what further pages have
besides, and goes on from the first. Nothing is built beforehand. The modules are joined when a browser or a film asks
for the first time, and again when one of them has changed. They must keep to what
`tests/pages/server/test_joined.py` checks: imports and exports by name, on lines of their own, and no circles.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pages.server.frontend import FRONTEND

#: The script of the Train page and of films, and the script of the further pages.
FIRST, FURTHER = "descent.js", "pages.js"

#: The folders that are mounted on the Train page; what they import comes with them.
ON_TRAIN = ("bar", "drawing", "shell")

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_HANDED_ON = re.compile(r'^export \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:const|class|function|async function) (\w+))", re.MULTILINE)
_SEVERAL = re.compile(r"^export const \w+ = [\w.\"']+, .*", re.MULTILINE)
_NOTHING = re.compile(r"^export \{\};\n", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """Many modules in one.

    Attributes:
        text: an ES module. It exports `folders`: what the `index.js` of each folder exports, by the folder's name.
            Those of the first script are among those of the further one.
        tag: another for every other text.
    """

    text: str
    tag: str


class Joined:
    """The modules of a folder as scripts, made anew when a file in it has changed.

    Args:
        first: folders that the first script is for.

    >>> scripts = Joined(FRONTEND)
    >>> "createCurves" in scripts.script(FIRST).text, "createCurves" in scripts.script(FURTHER).text
    (True, False)
    """

    def __init__(self, folder: Path, first: Collection[str] = ON_TRAIN) -> None:
        self._folder = folder
        self._first = first
        self._lock = threading.Lock()
        self._made: tuple[object, dict[str, Script]] | None = None

    def script(self, name: str = FIRST) -> Script:
        """A script, `FIRST` or `FURTHER`, for the files as they are now."""
        files = {path: path.stat() for path in sorted(self._folder.rglob("*.js"))}
        state = [(path, stat.st_mtime_ns, stat.st_size) for path, stat in files.items()]
        with self._lock:
            if self._made is None or self._made[0] != state:
                modules = {path.relative_to(self._folder).as_posix(): path.read_text("utf-8") for path in files}
                own = needed(modules, self._first)
                texts = {FIRST: join({name: modules[name] for name in own}), FURTHER: join(modules, before=own)}
                self._made = state, {name: Script(text, tag_of(text)) for name, text in texts.items()}
            return self._made[1][name]


def tag_of(text: str) -> str:
    """A tag that is another for every other text, for `ETag`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


#: The front end's.
JOINED = Joined(FRONTEND)


def needed(modules: Mapping[str, str], folders: Collection[str]) -> list[str]:
    """The paths of the modules in some folders and of all that they import, each after those that it imports."""
    return list(_in_order(modules, [name for name in sorted(modules) if PurePosixPath(name).parent.name in folders]))


def join(modules: Mapping[str, str], before: Sequence[str] = ()) -> str:
    """One script from modules by their path. Each becomes a function that is called once and returns its exports.

    Args:
        before: the modules of the script `FIRST`, in its order: this one goes on from it.

    >>> print(join({"a/index.js": 'export { one } from "./one.js";\\n', "a/one.js": "export const one = 1;\\n"}))
    const m0 = (() => {
    const one = 1;
    return { one };
    })();
    const m1 = (() => {
    return { one: m0.one };
    })();
    export const modules = [m0, m1];
    export const folders = {"a": m1};
    <BLANKLINE>
    """
    numbers: dict[str, int] = {}
    exports: dict[str, set[str]] = {}
    pieces = []
    for name in _in_order(modules, [*before, *modules]):
        code, exported = _body(name, modules[name], numbers, exports)
        exports[name] = {each.partition(":")[0] for each in exported}
        numbers[name] = len(numbers)
        if name not in before:
            pieces.append(f"const m{numbers[name]} = (() => {{\n{code}return {{ {', '.join(exported)} }};\n}})();\n")
    indexes = {PurePosixPath(name).parent.name: f"m{numbers[name]}" for name in numbers if name.endswith("/index.js")}
    folders = ", ".join(f"{json.dumps(folder)}: {variable}" for folder, variable in sorted(indexes.items()))
    if before:
        known = ", ".join(f"m{numbers[name]}" for name in before)
        pieces.insert(0, f'import {{ modules }} from "./{FIRST}";\nconst [{known}] = modules;\n')
    else:
        pieces.append(f"export const modules = [{', '.join(f'm{number}' for number in numbers.values())}];\n")
    return "".join([*pieces, f"export const folders = {{{folders}}};\n"])


def _body(name: str, source: str, numbers: dict[str, int], exports: dict[str, set[str]]) -> tuple[str, list[str]]:
    """A module's code with what it imports as constants, and what it exports.

    Raises:
        ValueError: it imports what is not exported, or in a way that cannot be joined.
    """
    exported: list[str] = []

    def imported(found: re.Match[str]) -> str:
        names = _names(found[1])
        check(found[2], names)
        return f"const {{ {', '.join(each.replace(' as ', ': ') for each in names)} }} = {of(found[2])};\n"

    def handed_on(found: re.Match[str]) -> str:
        check(found[2], _names(found[1]))
        for each in _names(found[1]):
            inside, _, outside = each.partition(" as ")
            exported.append(f"{outside or inside}: {of(found[2])}.{inside}")
        return ""

    def declared(found: re.Match[str]) -> str:
        exported.append(found[2])
        return found[1]

    def check(other: str, names: list[str]) -> None:
        unknown = {each.partition(" as ")[0] for each in names} - exports[_resolved(other, name)]
        if unknown:
            raise ValueError(f"{name} imports from {other} what that does not export: {', '.join(sorted(unknown))}")

    def of(other: str) -> str:
        return f"m{numbers[_resolved(other, name)]}"

    code = _IMPORT.sub(imported, source)
    code = _NOTHING.sub("", _HANDED_ON.sub(handed_on, code))
    code = _EXPORT.sub(declared, code).replace("import.meta.url", f'new URL("{name}", import.meta.url).href')
    code = re.sub(r"^\s*/\*\*(?:[^*]|\*(?!/))*\*/\n", "", code, flags=re.MULTILINE)  # comments on lines of their own
    left = re.search(r"^(?:import|export)\b.*", code, re.MULTILINE) or _SEVERAL.search(source)
    if left:
        raise ValueError(f"{name} cannot be joined: {left[0]}")
    return code.lstrip(), exported


def _in_order(modules: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    """Modules and what they import, each after those that it imports."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> Iterator[str]:
        if name in above:
            raise ValueError(f"Modules import each other in a circle: {' → '.join([*above, name])}")
        if name in done:
            return
        for pattern in (_IMPORT, _HANDED_ON):
            for found in pattern.finditer(modules[name]):
                yield from visit(_resolved(found[2], name), (*above, name))
        done.add(name)
        yield name

    for name in names:
        yield from visit(name, ())


def _resolved(other: str, name: str) -> str:
    """
    >>> _resolved("../ui/index.js", "map/boundary.js")
    'ui/index.js'
    """
    return posixpath.normpath(f"{name}/../{other}")


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
