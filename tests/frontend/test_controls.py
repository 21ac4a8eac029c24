"""What can be pressed: copy, download, axes, the space bar; and what a read-only viewer may not."""

import pytest

from .conftest import ROOT, settle

PAUSES = """() => document.getElementById("pause").addEventListener("click",
    () => (window.pauses = (window.pauses ?? 0) + 1))"""


def test_copy_link_copies_the_experiment_without_the_run(open_harness):
    page = open_harness(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("history.replaceState(null, '', '?dataset=moons&layers=8-tanh,4-relu&run=abc&lang=zh')")
    page.evaluate("harness.bar()")
    button = page.locator("[data-testid=copy-link]")
    before = button.bounding_box()
    button.click()
    page.wait_for_selector(".descent-did")
    assert button.bounding_box() == before
    assert page.evaluate("navigator.clipboard.readText()") == page.evaluate(
        "location.origin + location.pathname + '?dataset=moons&layers=8-tanh,4-relu&lang=zh'"
    )
    page.wait_for_selector(".descent-did", state="detached")


def test_copy_link_works_without_a_clipboard(open_harness):
    page = open_harness(permissions=["clipboard-read"])
    page.evaluate(
        """() => {
            Object.defineProperty(navigator, "clipboard", {value: undefined});
            document.addEventListener("copy", () => (window.copied = document.activeElement.value));
            history.replaceState(null, "", "?dataset=moons&seed=1");
            harness.bar();
        }"""
    )
    page.click("[data-testid=copy-link]")
    page.wait_for_selector(".descent-did")
    assert page.evaluate("window.copied").endswith("?dataset=moons&seed=1")
    assert page.locator("body > textarea").count() == 0


def test_on_other_pages_the_link_is_theirs_with_the_run(open_harness):
    page = open_harness(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("history.replaceState(null, '', '?run=abc')")
    page.evaluate("harness.bar({current: 'runs', title: 'Runs'})")
    page.click("[data-testid=copy-link]")
    page.wait_for_selector(".descent-did")
    assert page.evaluate("navigator.clipboard.readText()").endswith("?run=abc")


def test_downloads_appear_when_there_are_any(live):
    assert not live.locator(".dsc-menu").is_visible()
    live.evaluate("harness.mount({downloads: {predictions: '/p.csv', history: '/h.csv', config: '/c.json'}})")
    live.evaluate("harness.begin()")
    settle(live)
    live.click(".dsc-menu summary")
    links = live.locator(".dsc-menu a:visible")
    assert [link.get_attribute("href") for link in links.all()] == ["/c.json", "/h.csv", "/p.csv"]
    live.keyboard.press("Escape")
    assert links.count() == 0


def test_a_menu_that_is_open_when_the_run_ends_gets_more_files_and_moves_none(live):
    live.evaluate("harness.mount({downloads: {history: '/h', config: '/c', script: '/s', film: '/f', gif: '/g'}})")
    live.evaluate("harness.begin()")
    settle(live)
    live.click(".dsc-menu summary")
    live.evaluate("window.before = [...document.querySelectorAll('.dsc-menu a')]")
    live.focus("[data-file=gif]")
    places = {name: live.locator(f"[data-file={name}]").bounding_box() for name in ("config", "history", "gif")}
    live.evaluate("harness.mount({downloads: {...harness.data.downloads, predictions: '/p', model: '/m'}})")
    live.wait_for_selector("[data-file=predictions]")
    assert {name: live.locator(f"[data-file={name}]").bounding_box() for name in places} == places
    assert live.evaluate("window.before.every(link => link.isConnected)")
    assert live.evaluate("document.activeElement.dataset.file") == "gif"


def test_a_choice_of_axes_is_sent_to_streamlit(open_harness):
    page = open_harness("scene=iris")
    settle(page)
    page.select_option("[aria-label='Feature across']", "0")
    page.check("text=first two principal components")
    assert page.evaluate("harness.states") == [
        ["view", {"kind": "slice", "x": 0, "y": 3}],
        ["view", {"kind": "pca"}],
    ]


def test_choosing_the_feature_of_the_other_axis_swaps_them(open_harness):
    page = open_harness("scene=iris")
    settle(page)
    page.select_option("[aria-label='Feature across']", "3")
    assert page.evaluate("harness.states") == [["view", {"kind": "slice", "x": 3, "y": 2}]]


def test_a_reader_is_told_so_and_cannot_control(open_harness):
    page = open_harness("scene=iris&readonly=1")
    settle(page)
    hint = page.locator("[data-testid=hint]").text_content()
    assert hint == "Read-only: this run was started in another browser."
    assert page.locator("[aria-label='Feature across']").is_disabled()
    page.evaluate(PAUSES)
    page.keyboard.press("Space")
    assert page.evaluate("window.pauses") is None


def test_the_space_bar_presses_pause(open_harness):
    page = open_harness("scene=moons")
    page.evaluate(PAUSES)
    page.keyboard.press("Space")
    page.locator("[data-testid=loss-curve]").focus()
    page.keyboard.press("Space")
    assert page.evaluate("window.pauses") == 2


@pytest.mark.parametrize("place", ["input[type=checkbox] >> nth=0", "[data-testid=log-scale]"])
def test_the_space_bar_belongs_to_the_control_in_focus(open_harness, place):
    page = open_harness("scene=moons")
    settle(page)
    page.evaluate(PAUSES)
    page.locator(place).focus()
    page.keyboard.press("Space")
    assert page.evaluate("window.pauses") is None


def test_the_space_bar_pauses_after_a_click_on_another_button(open_harness):
    page = open_harness("scene=moons")
    settle(page)
    page.evaluate(PAUSES)
    page.evaluate("""
        const train = document.createElement("button");
        train.id = "train";
        train.textContent = "Train";
        train.style = "position: fixed; z-index: 99; left: 0; top: 0";
        train.onclick = () => { window.trained = (window.trained ?? 0) + 1; };
        document.body.append(train);
    """)
    page.click("#train")
    page.keyboard.press("Space")
    assert page.evaluate("[window.trained, window.pauses]") == [1, 1]
    # Whoever comes to it by keyboard means it.
    page.keyboard.press("Shift")
    page.keyboard.press("Space")
    assert page.evaluate("[window.trained, window.pauses]") == [2, 1]


def test_pointing_at_the_map_says_what_the_network_predicts_there(open_harness):
    page = open_harness("scene=moons&epoch=200")
    settle(page)
    box = page.locator("[data-testid=boundary-canvas]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    settle(page)
    text = page.locator("[data-testid=boundary-readout]").text_content()
    assert "x₁ 0." in text
    assert "x₂ 1." in text
    assert "predicts upper, confidence" in text


def test_the_first_row_of_the_map_is_the_lowest(live):
    colours = live.evaluate(
        """async () => {
            const { paintField } = await import("/pages/frontend/map/field.js");
            const theme = {card: "#ffffff", classes: ["#0000ff", "#ff0000"], sequence: []};
            const map = {rows: 2, columns: 2, class: [0, 0, 1, 1], confidence: [255, 255, 255, 255]};
            const canvas = paintField(map, theme);
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return [[...pixels.slice(0, 3)], [...pixels.slice(-4, -1)]];
        }"""
    )
    (top_red, _, top_blue), (bottom_red, _, bottom_blue) = colours
    assert top_red > top_blue
    assert bottom_blue > bottom_red


@pytest.mark.parametrize(("query", "dark"), [("", False), ("dark=1", True)])
def test_the_palette_follows_streamlits_background(open_harness, query, dark):
    page = open_harness(f"scene=moons&{query}")
    settle(page)
    assert page.locator(".dsc").evaluate("root => root.classList.contains('dsc-dark')") is dark


def test_the_theme_changes_with_the_next_invocation(open_harness):
    page = open_harness("scene=moons")
    settle(page)
    page.evaluate("document.body.classList.add('dark'); harness.mount({})")
    settle(page)
    assert page.locator(".dsc").evaluate("root => root.classList.contains('dsc-dark')")


@pytest.mark.parametrize("scene", ["moons", "iris", "digits", "bumps"])
def test_a_phone_shows_it_without_scrolling_sideways(open_harness, scene):
    page = open_harness(f"scene={scene}", width=390, height=800)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    order = (".dsc-strip", ".dsc-boundary", ".dsc-curves", ".dsc-outcome")
    tops = [page.locator(place).bounding_box()["y"] for place in order]
    assert tops == sorted(tops)


def test_a_phone_says_in_words_that_the_link_is_copied(open_harness):
    page = open_harness(width=390, height=844, permissions=["clipboard-read", "clipboard-write"])
    page.add_style_tag(path=ROOT / "pages" / "components" / "style.css")
    page.add_style_tag(content=".descent-actions { justify-content: flex-end }")  # as at the bar's end
    page.evaluate("harness.bar()")
    said = page.get_by_text("Copied", exact=True)
    assert said.is_hidden()
    page.get_by_test_id("copy-link").click()
    said.wait_for()
    box = said.bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    assert page.locator(".descent-copying [role=status]").text_content() == "Link copied"


@pytest.mark.parametrize("scene", ["moons", "digits"])
def test_a_phone_says_which_side_of_the_matrix_is_which(open_harness, scene):
    page = open_harness(f"scene={scene}&downloads=1", width=390, height=844)
    page.wait_for_selector("[data-testid=confusion] td.dsc-corner")
    settle(page)
    corner = page.locator("[data-testid=confusion] .dsc-corner")
    assert corner.inner_text().split() == ["actual", "\\", "predicted"]
    assert corner.evaluate("cell => parseFloat(getComputedStyle(cell).fontSize) >= 10")
    assert corner.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    left = [page.locator(each).first.bounding_box()["x"] for each in (".dsc-menu", ".dsc-stat-epoch")]
    assert left[0] == left[1], "Download stands at the left, as the figures do"


def test_nothing_is_fetched_from_outside(browser, harness_url):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{harness_url}?scene=digits")
    page.wait_for_timeout(500)
    page.close()
    assert asked
    assert all(url.startswith((harness_url.split("/tests")[0], "data:")) for url in asked)


def test_films_and_history_are_offered_from_the_first_epoch_on(live):
    live.evaluate("harness.mount({downloads: {history: '#h', config: '#c', script: '#s', film: '#f', gif: '#g'}})")
    offered = "() => [...document.querySelectorAll('.dsc-menu-list a:not(.dsc-gone)')].map(link => link.dataset.file)"
    live.evaluate("harness.begin({}, [])")
    settle(live)
    assert live.evaluate(offered) == ["config", "script"]
    live.evaluate("harness.begin()")
    settle(live)
    assert live.evaluate(offered) == ["config", "script", "history", "film", "gif"]


CHOICE_OF_SOME = """async () => {
    const { createAxesChoice } = await import("/pages/frontend/map/axes-choice.js");
    const asked = [];
    const choice = createAxesChoice((view) => asked.push(view));
    document.body.append(choice.element);
    choice.setOwner(true);
    const names = { feature_names: ["age", "lactate", "sodium"], feature_places: [256, 257, 260] };
    choice.update({ kind: "slice", x: 256, y: 257, ...names });
    const [across, up] = choice.element.querySelectorAll("select");
    const shown = [across.selectedOptions[0].textContent, up.selectedOptions[0].textContent];
    up.value = "260";
    up.dispatchEvent(new Event("change"));
    return { shown, asked };
}"""


def test_of_some_columns_the_chosen_one_is_asked_for_by_its_place_among_all(open_harness):
    page = open_harness("scene=iris")
    told = page.evaluate(CHOICE_OF_SOME)
    assert told == {"shown": ["age", "lactate"], "asked": [{"kind": "slice", "x": 256, "y": 260}]}
