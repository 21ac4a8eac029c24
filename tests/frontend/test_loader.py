"""The few lines that Streamlit gets: in whatever order calls and modules arrive, the newest data are shown."""

import pytest

from pages.components.loader import loader
from tests.frontend.conftest import ROOT

#: Calls the loader's default export as Streamlit 1.67 does: each call waits for `import()`; one overtaken while
#: it waited gets its cleanup called in microtasks, any other only when the element is taken away.
STREAMLIT = """
code => {
  window.mounted = [];
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const host = document.body.appendChild(document.createElement("div"));
  window.streamlit = { host, cleanup: null, effects: [] };
  /** New data arrive; `until` is what the call waits for besides. */
  streamlit.render = (data, until = null) => {
    streamlit.effects.forEach((effect) => { effect.cancelled = true; });
    const effect = { cancelled: false };
    streamlit.effects.push(effect);
    effect.done = import(url).then(async (module) => {
      await until;
      const cleanup = await (async () => module.default({ data: [data], parentElement: host }))();
      if (effect.cancelled) Promise.resolve(cleanup).then((call) => call());
      else streamlit.cleanup = cleanup;
    });
    return effect.done;
  };
}
"""

SCRIPT = """
const mount = ({ data }) => {
  window.mounted.push(data);
  return () => window.mounted.push("cleaned up");
};
window.asked = {};
const load = (language, address) => address ? new Promise(arrive => { window.asked[language] = arrive; }) : null;
export const folders = { shell: { mount }, words: { load } };
"""


@pytest.fixture
def page(lend_tab, harness_url):
    """Holds requests for the script until `release` is called; `window.streamlit` plays Streamlit."""
    page = lend_tab()
    page.held = []
    page.route("**/descent/static/descent.js", lambda route: page.held.append(route))

    def release():
        while page.held:
            page.held.pop().fulfill(body=SCRIPT, content_type="text/javascript")

    page.release = release
    page.goto(harness_url)
    page.evaluate(STREAMLIT, loader("shell"))
    return page


def wait_for_request(page):
    for _ in range(500):
        if page.held:
            return
        page.wait_for_timeout(10)
    raise AssertionError("Nobody asks for the script.")


def mounted(page):
    """What was mounted, once every task that waits has had its turn."""
    page.evaluate("() => new Promise(done => setTimeout(() => setTimeout(done, 20), 20))")
    return page.evaluate("window.mounted")


def test_data_that_come_while_the_module_loads_are_the_ones_shown(page):
    page.evaluate("streamlit.render('preview')")
    page.evaluate("streamlit.render('run')")
    wait_for_request(page)
    page.release()
    page.wait_for_function("window.mounted.includes('run')")
    assert mounted(page)[-1] == "run"


@pytest.mark.parametrize("order", ["123", "132", "213", "231", "312", "321"])
def test_calls_that_arrive_in_any_order_end_with_the_newest_data(page, order):
    page.evaluate(
        """order => {
            const opened = {};
            const gates = [1, 2, 3].map((n) => new Promise((open) => { opened[n] = open; }));
            const calls = gates.map((gate, index) => streamlit.render(index + 1, gate));
            return [...order].reduce((before, n) => before.then(() => {
                opened[n]();
                return calls[n - 1];
            }), Promise.resolve());
        }""",
        order,
    )
    wait_for_request(page)
    page.release()
    page.wait_for_function("window.mounted.length > 0")
    assert mounted(page) == [3]


def test_a_module_that_did_not_arrive_is_asked_for_again(page):
    page.evaluate("streamlit.render('run')")
    wait_for_request(page)
    page.held.pop().abort()
    wait_for_request(page)
    page.release()
    page.wait_for_function("window.mounted.length > 0")
    assert mounted(page) == ["run"]


def test_an_element_that_goes_before_the_module_came_shows_nothing(page):
    page.evaluate("streamlit.render('run')")
    wait_for_request(page)
    page.evaluate("streamlit.cleanup()")
    page.release()
    assert mounted(page) == []


def test_an_element_that_goes_is_cleaned_up(page):
    page.evaluate("streamlit.render('run')")
    wait_for_request(page)
    page.release()
    page.wait_for_function("window.mounted.length > 0")
    page.evaluate("streamlit.cleanup()")
    assert mounted(page) == ["run", "cleaned up"]


def test_a_view_comes_with_its_words(page):
    page.evaluate("streamlit.render({language: 'zh', words: '/zh.json'})")
    wait_for_request(page)
    page.release()
    page.wait_for_function("!!window.asked?.zh")
    assert mounted(page) == []
    page.evaluate("window.asked.zh()")
    assert [data["language"] for data in mounted(page)] == ["zh"]


def test_data_that_were_overtaken_while_their_words_came_are_not_shown(page):
    page.evaluate("streamlit.render({language: 'zh', words: '/zh.json'})")
    wait_for_request(page)
    page.release()
    page.wait_for_function("!!window.asked?.zh")
    page.evaluate("streamlit.cleanup(); streamlit.render({language: 'en', words: null})")
    page.wait_for_function("window.mounted.length > 0")
    page.evaluate("window.asked.zh()")
    assert [data["language"] for data in mounted(page)] == ["en"]


def test_english_waits_for_nothing_once_the_script_is_there(page):
    page.evaluate("streamlit.render('first')")
    wait_for_request(page)
    page.release()
    page.wait_for_function("window.mounted.length > 0")
    turns = page.evaluate(
        """code => new Promise(done => {
            const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
            import(url).then(async module => {
                module.default({ data: ["earlier"], parentElement: document.body });
                await new Promise(after => setTimeout(after, 50)); // this module has the script, too
                window.mounted.length = 0;
                module.default({ data: ["now"], parentElement: document.body });
                setTimeout(async () => {
                    let turns = 0;
                    while (!window.mounted.length) { turns += 1; await null; }
                    done(turns);
                });
            });
        })""",
        loader("shell"),
    )
    assert turns <= 1


def test_every_component_uses_these_lines():
    """Only `mounted` makes components, with these lines; both parts of the page that are components use it."""
    makers = [path for path in (ROOT / "pages").rglob("*.py") if "components.v2.component(" in path.read_text("utf-8")]
    assert makers == [ROOT / "pages/components/mount.py"]
    assert "js=loader(" in makers[0].read_text("utf-8")
    sources = [ROOT / "pages/components/live.py", ROOT / "pages/components/drawing.py"]
    assert [source.read_text("utf-8").count(" = mounted(") for source in sources] == [1, 1]
