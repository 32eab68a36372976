"""Retries, errors, settings, and the other way for frames, step by step."""

import datetime
import json

import numpy
import pandas
import pyarrow as pa
import pytest
import streamflow
from scripted_server import ScriptedServer
from streamflow.errors import error_of
from streamflow.line_protocol import field_text, name_text, table_text, tag_text
from streamflow.moments import nanoseconds_of, text_of
from streamflow.retry import RetryPolicy, ask_patiently
from streamflow.steps import Pause, Reply, Request

LONGEST = RetryPolicy(attempts=6, base_seconds=1.0, seconds_max=5.0, uniform=lambda low, high: high)


def reply(status, problem=None, **headers):
    return Reply(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(problem).encode()
    )


def run(steps, answers):
    """Carries the steps out with `answers`: replies, or errors to raise. The result and the pauses."""
    pauses = []
    answers = iter(answers)
    step = next(steps)
    try:
        while True:
            if isinstance(step, Pause):
                pauses.append(step.seconds)
                step = steps.send(None)
                continue
            answer = next(answers)
            step = steps.throw(answer) if isinstance(answer, Exception) else steps.send(answer)
    except StopIteration as end:
        return end.value, pauses


def test_pauses_double_up_to_their_limit_and_honour_the_server():
    gone = streamflow.ConnectionFailed("gone")
    answers = [gone, gone, gone, gone, reply(429, None, retry_after="7"), reply(200)]
    result, pauses = run(ask_patiently(Request("GET", "/"), LONGEST), answers)
    assert result.status == 200
    assert pauses == [1.0, 2.0, 4.0, 5.0, 7.0 + 5.0]


def test_the_last_error_is_raised_after_all_attempts():
    with pytest.raises(streamflow.OverloadedError):
        run(ask_patiently(Request("GET", "/"), LONGEST), [reply(503)] * 6)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 504])
def test_what_will_fail_again_is_not_tried_again(status):
    with pytest.raises(streamflow.StreamFlowError) as raised:
        run(ask_patiently(Request("GET", "/"), LONGEST), [reply(status)])
    assert raised.value.status == status


def test_a_result_that_broke_off_is_not_asked_for_again_but_a_write_is():
    cut = streamflow.IncompleteResultError("cut")
    with pytest.raises(streamflow.IncompleteResultError):
        run(ask_patiently(Request("POST", "/"), LONGEST, is_statement=True), [cut])
    assert run(ask_patiently(Request("POST", "/"), LONGEST), [cut, reply(200)])[0].status == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, streamflow.InvalidRequestError),
        (401, streamflow.AuthenticationError),
        (403, streamflow.ForbiddenError),
        (404, streamflow.NotFoundError),
        (408, streamflow.TimeoutError),
        (409, streamflow.ConflictError),
        (413, streamflow.InvalidRequestError),
        (422, streamflow.InvalidRequestError),
        (429, streamflow.OverloadedError),
        (500, streamflow.ServerError),
        (503, streamflow.OverloadedError),
        (504, streamflow.TimeoutError),
    ],
)
def test_every_status_has_its_class(status, kind):
    error = error_of(reply(status, {"detail": "why", "request_id": "r1", "errors": [{"detail": "more", "line": 3}]}))
    assert type(error) is kind
    assert (error.status, error.request_id, str(error)) == (status, "r1", "why; more (request r1)")
    assert error.problem["detail"] == "why"


def test_an_answer_of_something_else_is_an_error_too():
    error = error_of(Reply(502, {"x-request-id": "r2"}, b"<html>Bad gateway</html>"))
    assert str(error) == "the server answered 502 (request r2)"


def test_sql_errors_say_line_and_column():
    error = error_of(reply(400, {"detail": "Parser Error: near x\n\nLINE 2: SELECT x\n               ^"}))
    assert (error.line, error.position) == (2, 8)
    assert error_of(reply(400, {"detail": "other"})).line is None


def test_frames_go_as_lines_to_a_server_without_the_arrow_route():
    frame = pa.table({"time": [1, 2], "h": ["a", None], "u": pa.array([5, 6], pa.uint64()), "v": [0.5, float("nan")]})
    with ScriptedServer() as server, streamflow.connect(server.url) as db:
        receipt = db.write("t", frame, tags=["h"], partial="return")
        assert server.order == ["t,h=a u=5u,v=0.5 1"]
        assert [each.row for each in receipt.rejected] == [1]
        db.write("t", frame.slice(0, 1), tags=["h"])
    assert len(server.keys) == 3, "the missing route is asked for once"
    sequences = [int(key.rsplit("/", 1)[1]) for key in server.keys]
    assert sequences == [1, 2, 3]


@pytest.mark.parametrize("name", ["", "a\nb", "a\\"])
def test_names_that_lines_cannot_hold_are_refused(name):
    for text in (table_text, name_text, tag_text):
        with pytest.raises(ValueError, match=r"not empty|line breaks|backslash"):
            text(name)


def test_values_as_text():
    assert field_text(2**64 - 1) == "18446744073709551615u"
    assert field_text(numpy.uint64(5)) == "5u"
    assert field_text(numpy.float32(0.5)) == "0.5"
    assert field_text(numpy.bool_(True)) == "true"
    assert tag_text(7) == "7"
    for value in (2**64, -(2**63) - 1, float("inf"), b"bytes", [1]):
        with pytest.raises(ValueError, match=r"got|carry"):
            field_text(value)
    with pytest.raises(ValueError, match="a tag is"):
        tag_text(1.0)


def test_moments():
    assert nanoseconds_of(pandas.Timestamp("2024-01-01T00:00:00.000000001Z")) % 1000 == 1
    assert nanoseconds_of(numpy.datetime64("2024-01-01", "D")) == nanoseconds_of(datetime.datetime(2024, 1, 1))
    assert text_of(-1) == "1969-12-31T23:59:59.999999999Z"
    for value in ("yesterday", True, 1.5, None, pandas.NaT):
        with pytest.raises((TypeError, ValueError)):
            nanoseconds_of(value)
    with pytest.raises(ValueError, match="1677 and 2262"):
        nanoseconds_of(2**63)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("STREAMFLOW_URL", "http://there:1/")
    monkeypatch.setenv("STREAMFLOW_PROJECT", "p")
    with streamflow.connect() as db:
        assert (db.settings.url, db.settings.project, db.settings.key) == ("http://there:1", "p", None)
    with streamflow.connect("http://here:2", key="secret") as db:
        assert db.settings.url == "http://here:2"
        assert "secret" not in repr(db.settings)
        assert db.settings.headers()["Authorization"] == "Bearer secret"
    with pytest.raises(ValueError, match="begins with http"):
        streamflow.connect("localhost:8080")


def test_arguments_that_cannot_be_meant():
    with streamflow.connect("http://127.0.0.1:1") as db:
        with pytest.raises(TypeError, match="list of column names"):
            db.write("t", {"v": 1}, tags="host")
        with pytest.raises(ValueError, match="duplicates= is one of"):
            db.write("t", {"v": 1}, duplicates="first")
        with pytest.raises(ValueError, match="partial="):
            db.write("t", {"v": 1}, partial="maybe")
        with pytest.raises(TypeError, match="row 0 is a dict, got int"):
            db.write("t", [1])
        with pytest.raises(ValueError, match="overflow="):
            db.writer(overflow="grow")
        with pytest.raises(ValueError, match="max_rows= is more than 0"):
            db.writer(max_rows=0)
