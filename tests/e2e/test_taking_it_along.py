"""The experiment leaves the page as code, model and file, and comes back from the file."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTrain

MOONS = "?dataset=moons&layers=5-relu&epochs=10&seed=8"


def test_code_model_and_configuration(open_train: OpenTrain, tmp_path: Path) -> None:
    train = open_train(MOONS)
    train.train()
    train.wait_for_state("done")
    train.settle()
    train.control("show_code").locator("button").first.click()
    expect(train.page.get_by_text("keras.layers.Dense(5")).to_be_visible()
    train.close_popovers()
    for words, name in (("Trained model", "model.keras"), ("Configuration", "experiment.json")):
        train.page.locator(".dsc-menu summary").click()
        with train.page.expect_download() as download:
            train.page.get_by_role("link", name=words).click()
        assert download.value.suggested_filename == f"descent-{name}"
        download.value.save_as(tmp_path / name)
        train.page.keyboard.press("Escape")
    assert (tmp_path / "model.keras").read_bytes()[:2] == b"PK"
    config = json.loads((tmp_path / "experiment.json").read_text("utf-8"))
    config["seed"] = 9
    (tmp_path / "changed.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "broken.json").write_text('{"seed": "nine"}', "utf-8")
    train.page.get_by_role("button", name="Import …").click()
    upload = train.control("load_config").locator("input[type=file]")
    upload.set_input_files(tmp_path / "broken.json")
    expect(train.page.get_by_text("expected a whole number")).to_be_visible()
    assert train.query["seed"] == "8"
    upload.set_input_files(tmp_path / "changed.json")
    train.wait_for_query(seed="9", layers="5-relu")
