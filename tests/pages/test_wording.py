"""The catalogue is complete and true, words are found where they stand, and nothing is worded too soon."""

from __future__ import annotations

import ast
import gettext
import gzip
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from pages.catalogues.extraction import ROOT, as_text, catalogue_of, extract, read, sources
from pages.languages import _PARTS, LANGUAGES, Language, browser_words, chosen, find_language
from tests.pages.browsing import opened

OTHERS = [code for code in LANGUAGES if code != "en"]
PYTHON = [path for path in sources() if path.suffix == ".py"]

#: What marks a text in Python.
MARKS = {"_", "N_", "n_", "Said", "counted"}


def messages(code: str) -> list[Message]:
    return [message for message in read(code) if message.id]


def singular(message: Message) -> str:
    return message.id[0] if message.pluralizable else str(message.id)


def forms(message: Message) -> list[str]:
    return list(message.string or ()) if message.pluralizable else [str(message.string)]


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_has_what_the_sources_have(code: str) -> None:
    """`python -m pages.catalogues` brings it up to date."""
    kept = read(code)
    fresh = extract()
    assert {singular(each) for each in fresh if each.id} == {singular(each) for each in kept if each.id}
    kept.update(fresh, no_fuzzy_matching=True)
    assert as_text(kept) == catalogue_of(code).read_bytes()


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_empty_or_unsure(code: str) -> None:
    assert [singular(message) for message in messages(code) if message.fuzzy or not all(forms(message))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_placeholders_of_their_templates(code: str) -> None:
    wrong = {}
    for message in messages(code):
        given = names_in(singular(message)) | (names_in(message.id[1]) if message.pluralizable else set())
        used = [names_in(form) for form in forms(message)]
        if any(each != given for each in used):
            wrong[singular(message)] = used
    assert wrong == {}


@pytest.mark.parametrize("code", OTHERS)
def test_the_browser_s_words_are_few(code: str) -> None:
    found = browser_words(code)
    assert len(gzip.compress(found.text)) < 40_000
    assert json.loads(found.text)


@pytest.mark.parametrize("code", OTHERS)
def test_words_of_some_pages_come_with_their_components_only(code: str) -> None:
    everybody = json.loads(browser_words(code).text)
    for part, whose in _PARTS.items():
        own = browser_words(code, part)
        assert len(gzip.compress(own.text)) < 40_000
        assert not json.loads(own.text).keys() & everybody.keys()
        for message in messages(code):
            said_in = {name.split("/")[2] for name, _ in message.locations if name.startswith("pages/frontend/")}
            if said_in - set(whose.folders):
                assert singular(message) in everybody
    with pytest.raises(KeyError):
        browser_words(code, "no such part")


def calls(path: Path) -> Iterator[tuple[ast.Call, bool]]:
    """Every call in a module, and whether it stands in a function."""

    def walk(node: ast.AST, inside: bool) -> Iterator[tuple[ast.Call, bool]]:
        for child in ast.iter_child_nodes(node):
            deeper = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            if isinstance(child, ast.Call):
                yield child, deeper
            yield from walk(child, deeper)

    yield from walk(ast.parse(path.read_text("utf-8")), False)


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def place(path: Path, call: ast.Call) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"


def test_no_text_is_worded_when_a_module_is_imported() -> None:
    early = [
        place(path, call)
        for path in PYTHON
        for call, inside in calls(path)
        if called(call) in {"_", "n_", "worded"} and not inside
    ]
    assert early == []


def test_marked_texts_are_written_out() -> None:
    """A text that is put together cannot be found in the sources."""
    built = [
        place(path, call)
        for path in PYTHON
        for call, _ in calls(path)
        if called(call) in MARKS and call.args and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
    ]
    assert built == []


#: What of Streamlit writes its first argument onto the page.
WRITES = {
    *("button", "caption", "checkbox", "error", "markdown", "multiselect", "number_input", "pills", "popover"),
    *("segmented_control", "select_slider", "selectbox", "slider", "text_input", "toast", "toggle", "file_uploader"),
}


def test_pages_write_no_bare_text() -> None:
    bare = []
    for path in PYTHON:
        if "pages" not in path.relative_to(ROOT).parts[:1]:
            continue
        for call, _ in calls(path):
            named = [each.value for each in call.keywords if each.arg in {"placeholder", "help", "label"}]
            for said in [*call.args[:1], *named] if called(call) in WRITES else []:
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
                if any(re.search("[A-Za-z]{2}", re.sub(r":\w+\[|https?:\S+", "", text)) for text in texts):
                    bare.append(place(path, call))
    assert bare == []


def test_a_language_is_chosen_by_address_then_cookie_then_browser() -> None:
    assert chosen("zh", "en", "en-GB") == "zh"
    assert chosen("klingon", "zh", "en-GB") == "zh"
    assert chosen(None, None, "fr-FR, zh-Hans-CN;q=0.8, en;q=0.5") == "zh"
    assert chosen(None, "'; drop table", "fr") == "en"


def test_what_no_catalogue_has_stays_english() -> None:
    for code in LANGUAGES:
        assert find_language(code).gettext("no such sentence") == "no such sentence"
        assert find_language(code).number(1234567, ",") == "1,234,567"


class Marked(Language):
    """A language in which every sentence stands in brackets, so that what nobody worded is seen."""

    def __init__(self) -> None:
        super().__init__("zh", gettext.NullTranslations())

    def gettext(self, message: str, /) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return f"⟦{plural}⟧"


#: The same in every language: names of Keras' own, of the page, and of signs.
SAME = {"Descent", "English", "tanh", "relu", "softmax", "sigmoid", "linear", "XOR", "Keras", "Python"}


def bare(text: str) -> str:
    """What of a text is in Latin letters and in no brackets, without names, code and directives of Streamlit's."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = less
    text = re.sub(r":(gray|material/\w+:)|https?:\S+|[\w.]*[_\d][\w.]*", "", text)
    return " ".join(word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in SAME)


def said_on(page: AppTest) -> list[str]:
    """Every text of a page: labels, values that are sentences, placeholders, markdown."""
    texts = []
    for element in page.main:
        proto = getattr(element, "proto", None)
        for name in ("label", "body", "placeholder"):
            text = getattr(proto, name, "")
            if isinstance(text, str) and "<style>" not in text:
                texts.append(re.sub(r"<[^>]*>", " ", text))
        if element.type in {"selectbox", "select_slider"} and element.key not in {"optimizer", "initializer"}:
            texts += [str(option) for option in getattr(element, "options", [])]
    return texts


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"dataset": "diabetes", "layers": "8-relu-d0.2-bn", "early_stopping": "5", "l2": "0.01", "scaling": "minmax"},
        {"dataset": "drawn"},
        {"dataset": "nowhere", "layers": "x", "speed": "warp", "what": "this", "test_fraction": "7"},
        {"dataset": "wine", "batch_size": "1", "layers": "4-relu-bn", "features": "hue,ash"},
        {"run": "gone"},
    ],
)
def test_every_word_of_the_train_page_is_worded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    marked = Marked()
    monkeypatch.setattr("pages.words.find_language", lambda code: marked)
    page = opened(query)
    left = {found for text in said_on(page) if (found := bare(text))}
    assert left == set()


def test_the_catalogue_takes_its_terms_from_the_glossary() -> None:
    """Where a sentence is a term and nothing else."""
    said = {singular(message).lower(): forms(message)[0] for message in messages("zh")}
    wrong, compared = {}, 0
    for line in (ROOT / "docs" / "glossary.zh.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or cells[0] in {"English", "---"}:
            continue
        english = [re.sub(r" \(.*\)", "", term).strip() for term in re.split("[;,]", cells[0])]
        chinese = [re.sub(r" ?[(（].*[)）]", "", term).strip() for term in re.split("[；，;,]", cells[1])]
        for term in english:
            if term.lower() in said:
                compared += 1
                if not any(each in said[term.lower()] for each in chinese):
                    wrong[term] = (said[term.lower()], chinese)
    assert wrong == {}
    assert compared > 15
