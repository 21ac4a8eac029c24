"""Tasks of the server as pages look after them: begun once, asked for by their id, cancelled, left alone."""

import pytest

BUSY = {"task": "t1", "state": "running", "position": 0, "progress": 0.5, "words": None, "sentence": None}
DONE = BUSY | {"state": "done", "progress": 1, "result": 7}

#: Looks after one task whose server answers as the test says: each answer is [status, JSON], or null where none comes.
FOLLOW = """async ({ answers, how, abort = null, silent = false }) => {
    const { ask, CANCELLED, ...ways } = await import("/pages/frontend/tasks/index.js");
    const { setTimeout } = window;
    window.setTimeout = (work) => setTimeout(work, 0); // nobody waits here
    const looking = new AbortController();
    const seen = { asked: [], cancelled: [], told: [], silences: 0, left: 0 };
    window.fetch = async (address, { method, signal } = {}) => {
        if (method === "POST") {
            seen.cancelled.push(address);
            return new Response("{}");
        }
        seen.asked.push(address);
        const answer = answers.shift();
        if (abort?.during === seen.asked.length) {
            looking.abort(abort.task ? CANCELLED : undefined);
            if (signal.aborted) seen.left += 1;
            signal.throwIfAborted();
        }
        if (!answer) throw new TypeError("no answer");
        const [status, told] = answer;
        return new Response(typeof told === "string" ? told : JSON.stringify(told), { status });
    };
    const question = (task, signal) => ask(task ? `/made?task=${task}` : "/made", { signal }, "Silent.");
    const about = { signal: looking.signal, told: (task) => {
        seen.told.push(task.state);
        if (abort?.after === seen.told.length) looking.abort(abort.task ? CANCELLED : undefined);
    } };
    if (silent) about.silent = () => seen.silences += 1;
    try {
        const found = await ways[how](question, about);
        seen.found = found instanceof Response ? await found.json() : found;
    } catch (problem) {
        seen.refused = [problem.message, problem.status];
    }
    return seen;
}"""


@pytest.fixture
def follow(open_harness):
    """Looks after a task; returns what was asked, cancelled, told and found."""

    def look(*answers, how="made", **more):
        return open_harness().evaluate(FOLLOW, {"answers": answers, "how": how, **more})

    return look


def test_what_was_begun_is_asked_for_by_its_id_until_it_is_made(follow):
    seen = follow([202, BUSY], [202, BUSY], [200, {"epoch": 3}])
    assert seen["asked"] == ["/made", "/made?task=t1", "/made?task=t1"]
    assert seen["told"] == ["running", "running"]
    assert seen["found"] == {"epoch": 3}
    assert seen["cancelled"] == []


def test_a_task_that_has_just_ended_is_not_told_as_one_on_its_way(follow):
    seen = follow([202, DONE], [200, {"epoch": 3}])
    assert (seen["told"], seen["found"]) == ([], {"epoch": 3})


def test_where_the_task_itself_is_answered_its_end_is_told_as_well(follow):
    seen = follow([200, BUSY], [200, DONE], how="followed")
    assert seen["told"] == ["running", "done"]
    assert seen["found"]["result"] == 7


def test_a_refusal_is_the_server_s_own_sentence(follow):
    assert follow([202, BUSY], [503, "This task was cancelled."])["refused"] == ["This task was cancelled.", 503]
    assert follow([404, {"said": "No {what}.", "values": {"what": "run"}}])["refused"] == ["No run.", 404]


def test_silence_is_an_error_or_is_asked_again(follow):
    assert follow(None)["refused"] == ["Silent.", 0]
    seen = follow(None, [202, BUSY], None, [200, 1], silent=True)
    assert seen["asked"] == ["/made", "/made", "/made?task=t1", "/made?task=t1"]
    assert (seen["silences"], seen["found"]) == (2, 1)


@pytest.mark.parametrize("moment", [{"after": 1}, {"during": 2}], ids=["between two looks", "while it is asked"])
def test_a_task_that_is_cancelled_is_ended_on_the_server(follow, moment):
    seen = follow([202, BUSY], [202, BUSY], [200, 1], abort={**moment, "task": True})
    assert seen["cancelled"] == ["/descent/tasks/t1/cancel"]
    assert seen["found"] is None


def test_a_task_that_is_cancelled_before_its_id_is_known_is_ended_when_it_is(follow):
    seen = follow([202, BUSY], [200, 1], abort={"during": 1, "task": True})
    assert seen["cancelled"] == ["/descent/tasks/t1/cancel"]
    assert (seen["asked"], seen["told"], seen["found"]) == (["/made"], [], None)


@pytest.mark.parametrize("moment", [{"during": 1}, {"after": 1}, {"during": 2}])
def test_whoever_leaves_asks_no_more_and_lets_the_task_go_on(follow, moment):
    seen = follow([202, BUSY], [202, BUSY], [200, 1], abort={**moment, "task": False})
    assert seen["cancelled"] == []
    assert seen["found"] is None
    assert len(seen["asked"]) == moment.get("during", 1)
    assert seen["left"] == ("during" in moment), "the question on its way is given up"
