"""What the bar does in the browser: pages without a load, links that name the run on screen, folding, the language."""

import pytest

NAV = """() => {
    document.body.insertAdjacentHTML("afterbegin", `
        <nav id="descent-pages">
            <a href="./?dataset=moons" data-descent-page="train">Train</a>
            <a href="runs" data-descent-page="runs">Runs</a>
        </nav>
        <a href="./?run=abc" data-descent-page="train" data-run="abc" id="open">Open</a>`);
    history.replaceState(null, "", "?dataset=moons");
    harness.bar();
}"""

HREFS = "[...document.querySelectorAll('#descent-pages a')].map((link) => link.getAttribute('href'))"


@pytest.fixture
def bar(open_harness):
    page = open_harness()
    page.evaluate(NAV)
    return page


def asked(page):
    return page.evaluate("harness.triggers.filter(([name]) => name === 'go').map(([, value]) => value)")


def test_a_click_on_another_page_asks_for_it_and_loads_nothing(bar):
    before = bar.url
    bar.click("#descent-pages >> text=Runs")
    bar.click("#open")
    assert asked(bar) == [{"page": "runs", "run": None}, {"page": "train", "run": "abc"}]
    assert bar.url == before


def test_a_click_on_this_page_does_nothing(bar):
    bar.click("#descent-pages >> text=Train")
    assert asked(bar) == []


@pytest.mark.parametrize("key", ["Control", "Shift", "Alt", "Meta"])
def test_a_click_for_another_tab_is_the_browser_s(bar, key):
    prevented = bar.evaluate(
        """key => {
            const event = new MouseEvent("click", { bubbles: true, cancelable: true, [`${key}Key`]: true });
            document.body.addEventListener("click", (each) => each.preventDefault(), { once: true });
            let seen;
            document.addEventListener("click", (each) => (seen = each.defaultPrevented), { once: true, capture: true });
            document.querySelector("#descent-pages a:last-child").dispatchEvent(event);
            return seen;
        }""",
        key.lower().replace("control", "ctrl"),
    )
    assert not prevented
    assert asked(bar) == []


def test_links_name_the_run_and_the_language_of_the_address(bar):
    bar.evaluate("history.replaceState(null, '', '?dataset=moons&noise=0.3&run=xyz&lang=zh')")
    bar.wait_for_function(f"{HREFS}[1] === 'runs?run=xyz&lang=zh'")
    assert bar.evaluate(HREFS)[0] == "./?dataset=moons&noise=0.3&run=xyz&lang=zh"
    bar.evaluate("history.replaceState(null, '', '?dataset=moons')")
    bar.wait_for_function(f"{HREFS}[1] === 'runs'")
    assert bar.evaluate(HREFS)[0] == "./?dataset=moons"


def test_the_pages_unfold_and_fold_again(bar):
    fold = bar.locator(".descent-fold")
    unfolded = "document.getElementById('descent-pages').classList.contains('descent-unfolded')"
    for leave in ("fold.click()", "document.body.click()", "Escape"):
        fold.evaluate("fold => fold.click()")
        assert bar.evaluate(unfolded)
        assert fold.get_attribute("aria-expanded") == "true"
        if leave == "Escape":
            bar.keyboard.press("Escape")
            assert fold.evaluate("fold => document.activeElement === fold")
        else:
            fold.evaluate(f"fold => {leave}")
        assert not bar.evaluate(unfolded)
        assert fold.get_attribute("aria-expanded") == "false"


def test_a_chosen_language_is_the_document_s_and_kept(bar):
    assert bar.evaluate("document.documentElement.lang") == "en"
    bar.evaluate("harness.bar({language: 'zh', chosen: false})")
    assert bar.evaluate("[document.documentElement.lang, document.cookie]") == ["zh-CN", ""]
    bar.evaluate("harness.bar({language: 'en', chosen: true})")
    assert bar.evaluate("[document.documentElement.lang, document.cookie]") == ["en", "descent_language=en"]


def test_streamlit_s_own_words_are_in_the_reader_s_language_and_come_back(bar):
    """As Streamlit has them: an uploader that appears later, whose size stands in two texts, and the link on top."""
    uploader = """() => {
        document.body.insertAdjacentHTML("beforeend", `<a data-testid="stSkipToContent">Skip to main content</a>`);
        document.body.insertAdjacentHTML("beforeend", `<section data-testid="stFileUploaderDropzone">
            <button><p>Upload</p></button><span>10MB per file<!-- --> • JSON</span></section><p id="other">Upload</p>`);
    }"""
    bar.evaluate(
        "words => harness.speak('zh', words)",
        {"Skip to main content": "跳到主要内容", "Upload": "上传", "{size}MB per file": "每个文件不超过 {size}MB"},
    )
    bar.evaluate(uploader)
    bar.get_by_role("button", name="上传", exact=True).wait_for()
    zone = bar.get_by_test_id("stFileUploaderDropzone")
    assert zone.locator("span").inner_text() == "每个文件不超过 10MB • JSON"
    assert bar.get_by_test_id("stSkipToContent").inner_text() == "跳到主要内容"
    assert bar.locator("#other").inner_text() == "Upload", "somebody's own"
    bar.evaluate("harness.speak('en', {})")
    bar.get_by_role("button", name="Upload", exact=True).wait_for()
    assert zone.locator("span").inner_text() == "10MB per file • JSON"
