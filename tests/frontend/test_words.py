"""Sentences, plurals and numbers in the reader's language; and what marks them in the sources."""

import re

import pytest

from core.words import Said

from .conftest import ROOT

MODULES = sorted((ROOT / "pages" / "frontend").rglob("*.js"))


@pytest.fixture(scope="module")
def words(browser, harness_url):
    """Evaluates JavaScript with all that the folder `words` exports, as `w`."""
    page = browser.new_page()
    page.goto(harness_url)

    def evaluate(code, given=None):
        return page.evaluate(
            f"async given => {{ const w = await import('/pages/frontend/words/index.js'); {code} }}", given
        )

    yield evaluate
    page.close()


def test_english_stands_where_it_is_used(words):
    said = words(
        """
        w.use("en", {});
        const [one, two] = [1, 2].map(n => w.tn("{n} row", "{n} rows", n));
        return [w.t("Epoch {epoch:,} of {what}", { epoch: 1200, what: "{x}" }), one, two];
        """
    )
    assert said == ["Epoch 1,200 of {x}", "1 row", "2 rows"]


def test_another_language_has_its_own_order_and_plurals_and_falls_back_to_english(words):
    said = words(
        """
        w.use("zh", { "{a} of {b}": "{b}的{a}", "{n} row": ["{n} 行"], "empty": "" });
        const [one, five] = [1, 5].map(n => w.tn("{n} row", "{n} rows", n));
        const said = [w.language(), w.t("{a} of {b}", { a: 1, b: 2 }), one, five, w.t("empty"),
            w.t("unknown"), w.tn("{n} cat", "{n} cats", 2)];
        w.use("en", {});
        return said;
        """
    )
    assert said == ["zh", "2的1", "1 行", "5 行", "empty", "unknown", "2 cats"]


def test_braces_are_written_twice(words):
    assert words("return w.t('{{{n}}} and {{n}}', { n: 3 });") == "{3} and {n}"


def test_what_is_said_may_hold_what_is_said(words):
    said = words(
        """
        w.use("zh", { "Circles": "圆", "{what} failed.": "{what}失败。" });
        const said = [{ said: "{what} failed.", values: { what: { said: "Circles" } } }, "as it is {x}", null,
            { said: "{n} row", plural: "{n} rows", values: { n: 3 } }].map(w.worded);
        w.use("en", {});
        return said;
        """
    )
    assert said == ["圆失败。", "as it is {x}", "", "3 rows"]


def test_a_sentence_in_a_sentence_leaves_its_full_stop(words):
    reasons = [{"said": "It is full."}, "已满。", "open"]
    found = words("return given.map(reason => w.t('Not kept ({reason:clause}).', { reason }));", reasons)
    assert found == ["Not kept (It is full).", "Not kept (已满).", "Not kept (open)."]


def test_a_name_is_ours_or_stays_as_it_is(words):
    names = ["Circles", "{x}", "constructor", "", {"said": "always '{name}'", "values": {"name": "b"}}]
    said = words(
        "w.use('zh', { Circles: '圆' }); const said = given.map(w.named); w.use('en', {}); return said;", names
    )
    assert said == ["圆", "{x}", "constructor", "", "always 'b'"]


def test_what_the_server_answers_is_a_sentence_or_said(words):
    texts = ["Not now.", '{"said":"Not now."}', "{broken", '{"other":1}']
    assert words("return given.map(w.answered);", texts) == ["Not now.", {"said": "Not now."}, "{broken", '{"other":1}']


def test_sentences_follow_each_other_and_empty_ones_are_left_out(words):
    assert words("return [w.sentences('A.', '', 'B.'), w.sentences(), w.listed(['a', '', 'b', 'c'])];") == [
        "A. B.",
        "",
        "a, b, c",
    ]


#: Halves between two numbers are not among them: Python takes the even one, browsers the larger one.
NUMBERS = [0, 1, 7, 1234567, -12.5, 2.675, 1234.5678, 99999.95, -0.04]


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        (",", [10**12]),
        (".1f", [1e16, 0.125]),
        (",.2f", [1e16, 0.00001234]),
        ("g", [1e16, 1.5e21, 0.00001234, 0.0001]),
        (".3g", [0.00001234, 99995]),
        (".0%", [0.333]),
        (".1%", [0.285]),
        (".2e", [1.5e21, 0.00001234]),
    ],
)
def test_numbers_are_written_as_in_python(words, spec, more):
    template, values = f"{{value:{spec}}}", [*NUMBERS, *more]
    found = words(
        "return given.values.map(value => w.t(given.template, { value }));", {"template": template, "values": values}
    )
    assert found == [str(Said(template, {"value": value})) for value in values]


def test_words_are_fetched_once_and_the_last_wish_counts(words):
    said = words(
        """
        const asked = [];
        const arrive = {};
        const before = window.fetch;
        window.fetch = (address) => {
            asked.push(address);
            return new Promise((done) => { arrive[address] = () => done(new Response('{"Loss": "损失"}')); });
        };
        const said = [];
        const first = w.load("zh", "/zh.json");
        const second = w.load("zh", "/zh.json");
        said.push(w.t("Loss"), w.load("en", null), w.language());
        arrive["/zh.json"]();
        await Promise.all([first, second]);
        said.push(w.language()); // English was asked for last
        said.push(w.load("zh", "/zh.json"), w.t("Loss"), asked.length);
        w.use("en", {});
        window.fetch = before;
        return said;
        """
    )
    assert said == ["Loss", None, "en", "en", None, "损失", 1]


def test_a_component_may_need_more_words_than_others(words):
    """Whoever is mounted after it and needs fewer does not take them away."""
    said = words(
        """
        const before = window.fetch;
        const files = { "/all.json": '{"Loss": "损失"}', "/more.json": '{"Threshold": "阈值"}' };
        window.fetch = async (address) => new Response(files[address]);
        await w.load("zh", ["/all.json", "/more.json"]);
        const said = [w.t("Loss"), w.t("Threshold"), w.load("zh", ["/all.json"]), w.t("Threshold")];
        w.use("en", {});
        window.fetch = before;
        return said;
        """
    )
    assert said == ["损失", "阈值", None, "阈值"]


def test_words_that_do_not_come_are_asked_for_again(words):
    said = words(
        """
        const before = window.fetch;
        const answers = [() => Promise.reject(new TypeError("offline")), async () => new Response("", { status: 503 }),
            async () => new Response('{"Loss": "损失"}')];
        window.fetch = () => answers.shift()();
        const said = [];
        for (let i = 0; i < 3; i++) {
            await w.load("zh", "/later.json");
            said.push(w.language(), w.t("Loss"));
        }
        w.use("en", {});
        window.fetch = before;
        return said;
        """
    )
    assert said == ["en", "Loss", "en", "Loss", "zh", "损失"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT / "pages/frontend").as_posix())
def test_texts_are_written_out_where_they_are_marked(module):
    """A template literal cannot be found by those who translate."""
    source = module.read_text("utf-8")
    assert not re.search(r"(?<![\w.$])(?:t|N_)\(\s*`", source)
    assert not re.search(r'(?<![\w.$])tn\(\s*(?:"(?:[^"\\]|\\.)*"\s*,\s*)?`', source)
    assert "en-US" not in source


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT / "pages/frontend").as_posix())
def test_a_sentence_gets_the_values_that_it_names(module):
    """Where they are written beside it: `t("{a} of {b}", { a, b: 1 })`."""
    source = module.read_text("utf-8")
    calls = re.findall(r'(?<![\w.$])t\(\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*(\{[^{}]*\})\s*,?)?\s*\)', source)
    for template, values in calls:
        if "..." in values:
            continue
        named = set(re.findall(r"\{(\w+)(?::[^}]*)?\}", template))
        given = set(re.findall(r"[{,]\s*(\w+)\s*(?=[:,}])", values))
        assert named <= given, (template, values)
