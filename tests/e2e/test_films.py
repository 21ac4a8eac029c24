"""A film is made by a task: how far it is stands in the menu, it comes as a file, and it can be cancelled."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import SECONDS

LONG = "dataset=moons&layers=8-tanh&epochs=300&batch_size=32"


def test_the_gif_is_made_and_saved_while_the_page_stays(open_train: OpenTrain) -> None:
    train = open_train(f"?{LONG}")
    train.train()
    train.wait_for_state("done")
    train.page.get_by_text("Download", exact=True).click()
    with train.page.expect_download(timeout=240 * SECONDS) as download:
        train.page.locator("[data-file=gif]").click()
    film = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert download.value.suggested_filename == "descent-film.gif"
    assert film.format == "GIF"
    assert getattr(film, "n_frames", 0) > 40
    task = train.page.get_by_test_id("task")
    expect(task).to_have_attribute("data-state", "done")
    expect(task).to_contain_text("Saved with your downloads.")
    with train.page.expect_download(timeout=240 * SECONDS) as download:
        train.page.locator("[data-file=film]").click()
    assert b"data-testid" in download.value.path().read_bytes()


def test_a_film_that_is_cancelled_ends_and_may_be_asked_for_again(open_train: OpenTrain) -> None:
    train = open_train(f"?{LONG}&seed=3")
    train.train()
    train.wait_for_state("done")
    train.page.get_by_text("Download", exact=True).click()
    train.page.locator("[data-file=gif]").click()
    task = train.page.get_by_test_id("task")
    # At once, as soon as it is there: a film of this size may be made before a pointer has come to rest on it.
    train.page.get_by_test_id("cancel-task").dispatch_event("click")
    expect(task).to_have_attribute("data-state", "cancelled")
    with train.page.expect_download(timeout=240 * SECONDS):
        train.page.locator("[data-file=gif]").click()
    expect(task).to_have_attribute("data-state", "done")
