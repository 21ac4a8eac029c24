"""Back to any recorded epoch: everything of that moment together, and on from there in a new run."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import SECONDS

MOONS = "?dataset=moons&noise=0.2&layers=6-tanh,4-relu&learning_rate=0.02&epochs=120&seed=2"


def go_to(page: Page, epoch: int) -> None:
    """Drag the slider to an epoch; the first 40 are all recorded, so its position is the epoch."""
    page.get_by_test_id("time-slider").fill(str(epoch))
    expect(page.get_by_test_id("live")).to_have_attribute("data-moment", str(epoch))


def test_map_matrix_and_figures_of_an_epoch_are_shown_together_and_now_returns(open_train: OpenTrain) -> None:
    train = open_train(MOONS)
    train.train()
    train.wait_for_state("done")
    train.settle()
    logs, last = train.history(), train.counts()
    go_to(train.page, 5)
    expect(train.page.get_by_test_id("boundary")).to_have_attribute("data-epoch", "5")
    counts = train.counts()
    right = sum(counts[i][i] for i in range(2)) / sum(map(sum, counts))
    assert abs(right - float(logs[4][4])) < 1e-6
    expect(train.page.get_by_test_id("loss-readout")).to_contain_text("epoch 5")
    expect(train.page.locator(".dsc-stat-metric b")).to_have_text(f"{100 * right:.1f} %")
    expect(train.hint).to_contain_text("epochs are recorded")
    assert train.epoch == 120
    train.page.get_by_test_id("time-now").click()
    expect(train.live).to_have_attribute("data-moment", "")
    assert train.counts() == last


def test_a_run_that_goes_on_from_an_epoch_starts_where_the_old_one_forks(open_train: OpenTrain) -> None:
    train = open_train(MOONS)
    first = train.train()
    train.wait_for_state("done")
    train.settle()
    train.nudge("learning_rate", 3)
    go_to(train.page, 30)
    train.page.get_by_test_id("branch").click()
    second = train.wait_for_run(other_than=first)
    train.page.wait_for_function(
        "run => document.querySelector('[data-testid=live]').dataset.run === run", arg=second, timeout=120 * SECONDS
    )
    train.wait_for_state("done")
    one, other = train.history(first), train.history(second)
    assert len(one) == len(other) == 120
    assert one[:30] == other[:30]
    assert one[30:] != other[30:]
    # Both curves are drawn: the readout goes as far as the older one.
    expect(train.page.get_by_test_id("loss-curve")).to_have_attribute("data-parent-points", "120")


def test_the_film_plays_to_the_end_and_returns_to_now(open_train: OpenTrain) -> None:
    train = open_train(MOONS.replace("epochs=120", "epochs=12"))
    train.train()
    train.wait_for_state("done")
    train.settle()
    train.page.evaluate(
        """() => {
            const live = document.querySelector("[data-testid=live]");
            window.seen = [];
            const note = () => window.seen.push(live.dataset.moment);
            new MutationObserver(note).observe(live, {attributeFilter: ["data-moment"]});
            const frame = window.requestAnimationFrame;  // a browser too slow for twelve pictures a second
            window.requestAnimationFrame = draw => setTimeout(frame, 150, draw);
        }"""
    )
    play = train.page.get_by_test_id("play-film")
    play.click()
    expect(play).to_have_attribute("aria-label", "Pause the film")
    expect(play).to_have_attribute("aria-label", "Play the run as a film", timeout=120 * SECONDS)
    seen = train.page.evaluate("window.seen")
    assert [epoch for epoch in seen if epoch] == [str(epoch) for epoch in range(13)]


def test_a_run_can_be_looked_back_at_after_a_refresh_and_by_another_browser(open_train: OpenTrain) -> None:
    train = open_train(MOONS)
    train.train()
    train.wait_for_state("done")
    train.settle()
    go_to(train.page, 3)
    counts = train.counts()
    address = train.page.url
    train.reload()
    train.wait_for_state("done")
    go_to(train.page, 3)
    assert train.counts() == counts
    other = open_train(address[address.index("?") :], another_browser=True)
    other.wait_for_state("done")
    go_to(other.page, 3)
    assert other.counts() == counts
