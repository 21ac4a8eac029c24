"""The socket comes back, channels swap without a flash, and Streamlit hears of each change once."""

from .conftest import settle


def test_the_socket_is_opened_on_the_pages_own_server(live):
    assert live.evaluate("harness.socket.url.replace(location.host, 'host')") == "ws://host/descent/live/run-1"


def test_after_a_drop_it_reconnects_and_asks_only_for_what_is_missing(live):
    live.evaluate("harness.begin({}, [[1, 0, 1, 0], [0.5, 0, 0.5, 0]])")
    live.evaluate("harness.socket.drop()")
    settle(live)
    assert live.locator("[data-testid=connection]").text_content() == "reconnecting…"
    live.wait_for_function("harness.sockets.length === 2")
    assert live.evaluate("harness.socket.url").endswith("/descent/live/run-1?since=2")
    live.evaluate("harness.begin({first: 3}, [[0.25, 0, 0.25, 0]])")
    settle(live)
    assert live.locator("[data-testid=connection]").text_content() == ""
    assert live.get_attribute("[data-testid=live]", "data-epoch") == "3"
    assert live.get_attribute("[data-testid=loss-curve]", "data-points") == "3"


def test_a_run_that_does_not_exist_is_said_and_not_asked_for_again(live):
    live.evaluate("harness.socket.drop(4404)")
    live.wait_for_timeout(600)
    assert live.locator("[data-testid=status]").text_content() == "This run does not exist (any more)."
    assert live.evaluate("harness.sockets.length") == 1


def test_another_channel_replaces_the_picture_only_when_it_speaks(live):
    live.evaluate("harness.begin()")
    live.evaluate("harness.mount({channel: 'run-2', socket: '/descent/live/run-2'})")
    settle(live)
    assert live.evaluate("harness.sockets.map(socket => [socket.url.split('/').pop(), !!socket.gone])") == [
        ["run-1", True],
        ["run-2", False],
    ]
    assert live.get_attribute("[data-testid=live]", "data-loss") == "0.5"
    too_late = "harness.sockets[0].deliver(harness.encode({state: {state: 'failed'}}))"
    live.evaluate(too_late)
    assert live.get_attribute("[data-testid=live]", "data-state") == "running"
    live.evaluate("harness.begin({}, [[0.125, 0.5, 0.25, 0.5]])")
    settle(live)
    assert live.get_attribute("[data-testid=live]", "data-loss") == "0.125"
    assert live.get_attribute("[data-testid=loss-curve]", "data-points") == "1"
    assert live.locator("[data-testid=live]").count() == 1


def test_streamlit_is_told_once_per_change_of_state(live):
    live.evaluate("harness.begin()")
    live.evaluate("harness.begin()")
    assert live.evaluate("harness.triggers") == [["state_changed", "running"]]
    live.evaluate("harness.mount({rendered_state: 'running'})")
    live.evaluate("harness.send({state: {state: 'paused', epoch: 1, epochs: 10}})")
    live.evaluate("harness.send({state: {state: 'paused', epoch: 1, epochs: 10}})")
    assert live.evaluate("harness.triggers") == [["state_changed", "running"], ["state_changed", "paused"]]


def test_streamlit_is_not_told_what_it_has_rendered(live):
    live.evaluate("harness.mount({rendered_state: 'running'})")
    live.evaluate("harness.begin()")
    assert live.evaluate("harness.triggers") == []


def test_buttons_that_stay_wrong_are_asked_for_again(live):
    live.evaluate("harness.begin()")
    live.evaluate("harness.mount({rendered_state: 'queued'})")  # Streamlit looked a moment too early
    live.wait_for_function("harness.triggers.length > 1")
    assert live.evaluate("harness.triggers") == [["state_changed", "running"], ["state_changed", "running"]]


def test_the_cleanup_leaves_a_view_that_is_still_on_the_page(live):
    live.evaluate("harness.begin()")
    live.evaluate("harness.cleanup()")
    assert live.get_attribute("[data-testid=live]", "data-loss") == "0.5"
    assert not live.evaluate("!!harness.socket.gone")


def test_the_cleanup_closes_the_socket_of_a_view_that_left(live):
    live.evaluate("harness.host.remove(); harness.cleanup()")
    assert live.evaluate("harness.socket.gone")


def test_a_page_that_is_drawn_anew_takes_the_view_over(live):
    """Streamlit makes the new element before the old one goes: there are never two views, and nothing starts again."""
    live.evaluate("harness.begin()")
    live.evaluate("window.before = document.querySelector('[data-testid=live]')")
    live.evaluate("harness.anew()")
    assert live.locator("[data-testid=live]").count() == 1
    assert live.evaluate("harness.host.contains(window.before)")
    sockets = live.evaluate("harness.sockets.length")
    live.evaluate("harness.mount({}, harness.old.host)")  # the old one, once more: it does not take the view back
    assert live.evaluate("harness.host.contains(window.before)")
    live.evaluate("harness.old.cleanup(); harness.old.host.remove()")
    live.wait_for_timeout(1100)  # the cleanup's second look
    assert live.evaluate("harness.host.contains(window.before)")
    live.evaluate("harness.begin({}, [[0.5, 0.7, 0.6, 0.65], [0.4, 0.8, 0.5, 0.7]])")
    assert live.get_attribute("[data-testid=live]", "data-epoch") == "2"
    assert live.evaluate("harness.sockets.length") == sockets == 1
