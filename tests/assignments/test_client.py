"""The client of a kernel: what it takes in, and what it makes of a reply."""

import asyncio
import json
from types import SimpleNamespace

import pytest
import zmq.asyncio
from jupyter_client.session import Session
from nbclient.exceptions import CellControlSignal
from nbformat.v4 import new_code_cell, new_notebook, new_output

from softmaxgrader.client import NONSENSE, Channel, Executor
from softmaxgrader.kernel import Kernel, _asks_exit, _merged

SESSION = Session(key=b"of the test")


class Socket:
    """A socket with one message."""

    frames = None

    async def recv_multipart(self, **_):
        return self.frames


def received(channel, content, request="1", kind="execute_reply", session=SESSION):
    """What a channel makes of a message."""
    parent = {"msg_id": request, "username": "", "session": ""}
    message = session.msg(kind, content=content, parent={"header": parent})
    channel.socket.frames = session.serialize(message)
    return asyncio.run(channel._recv())


@pytest.fixture
def channel():
    with zmq.asyncio.Context() as context, context.socket(zmq.PULL) as socket:
        one = Channel(socket, SESSION)
        one.socket = Socket()
        yield one


def test_a_request_answered_twice_is_forged(channel):
    assert received(channel, {"status": "ok"}, "1")["content"] == {"status": "ok"}
    received(channel, {"status": "ok"}, "2")
    received(channel, {"execution_state": "idle"}, "2", "status")
    assert not channel.forged
    received(channel, {"status": "ok"}, "1")
    assert channel.forged
    received(channel, {"status": "ok"}, "3")
    assert channel.forged


def test_a_reply_that_does_not_say_ok_is_an_error(channel):
    assert received(channel, {})["content"]["status"] == "error"


def test_nonsense_is_no_message(channel):
    for content in ([], [["status", "ok"]], "ok", 3):
        sent = json.dumps(content).encode()
        assert received(channel, sent) == NONSENSE
        assert received(channel, sent, kind="stream") == NONSENSE
    stranger = Session(key=b"another")
    assert received(channel, {"status": "ok"}, session=stranger) == NONSENSE
    channel.socket.frames = [b"x" * 1000]
    before = channel.size
    assert asyncio.run(channel._recv()) == NONSENSE
    assert before > 100 and channel.size == before + 1000


def test_text_weighs_the_same_in_any_number_of_pieces(channel):
    for _ in range(100):
        received(channel, {"name": "stdout", "text": "x" * 10}, kind="stream")
    in_pieces = channel.size
    received(channel, {"name": "stdout", "text": "x" * 1000}, kind="stream")
    assert 1000 < channel.size - in_pieces < 1100 < in_pieces < 5000
    received(channel, {"data": {}}, kind="display_data")
    assert channel.size - in_pieces > 1300  # what is around it counts as well


@pytest.fixture
def executor():
    one = Executor(new_notebook(), most=100)
    one.clear_before_next_output = False
    sizes = SimpleNamespace(size=0), SimpleNamespace(size=0)
    one.kc = SimpleNamespace(iopub_channel=sizes[0], shell_channel=sizes[1])
    return one


def taken(executor, kind, **content):
    """The outputs of a cell after a message."""
    cell = new_code_cell("1")
    cell.outputs, cell.metadata["execution"] = [], {}
    message = {"msg_type": kind, "content": content, "parent_header": {}}
    message["header"] = {"msg_type": kind}
    executor.process_message(message, cell, 0)
    return cell.outputs


def test_outputs_are_taken_in_if_they_are_valid(executor):
    assert len(taken(executor, "stream", name="stdout", text="x")) == 1
    assert not taken(executor, "stream", name=1, text={})
    assert not taken(executor, "stream", text="x")
    assert not taken(executor, "display_data", data=3, metadata=None)
    assert not taken(executor, "error")
    for kind in ("comm_open", "execute_input", "", "shutdown_reply", "x"):
        assert not taken(executor, kind, name="stdout", text="x", data={}, comm_id="1")
    state = {"state": {"x": 1}}
    assert not taken(executor, "comm_msg", comm_id="1", data=state)
    assert not executor.comm_objects and not executor.widget_state


@pytest.mark.parametrize("channel", ["iopub_channel", "shell_channel"])
def test_too_much_is_not_taken_in(executor, channel):
    setattr(executor.kc, channel, SimpleNamespace(size=100))
    assert taken(executor, "stream", name="stdout", text="x")
    setattr(executor.kc, channel, SimpleNamespace(size=101))
    assert executor.too_much
    assert not taken(executor, "stream", name="stdout", text="x")
    with pytest.raises(CellControlSignal):  # but the end of the cell is seen
        taken(executor, "status", execution_state="idle")
    executor.reply = {"status": "ok"}
    executor._begin()
    assert not executor.too_much and executor.reply is None


def test_pieces_of_one_stream_become_one():
    pieces = [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]
    outputs = [new_output("stream", name=name, text=text) for name, text in pieces]
    assert [(o.name, o.text) for o in _merged(outputs)] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


@pytest.mark.parametrize(
    ("stopped", "too_much", "reply", "status"),
    [
        (None, False, {"status": "ok"}, "ok"),
        (None, True, {"status": "ok"}, "output"),  # at once, then it ended
        (None, True, {"status": "error", "ename": "X"}, "error"),
        ("timeout", False, {"status": "error", "ename": "X"}, "timeout"),
        ("timeout", False, {"status": "ok"}, "timeout"),
        (None, False, {}, "error"),
    ],
)
def test_what_becomes_of_a_cell(stopped, too_much, reply, status):
    kernel = Kernel()
    kernel.watchdog = SimpleNamespace(alive=True, stop=lambda reason: None)
    kernel._stopped, kernel._executor = stopped, SimpleNamespace(too_much=too_much)
    result = kernel._result(SimpleNamespace(outputs=[]), reply)
    assert (result.status, result.name) == (status, reply.get("ename", ""))
    kernel.watchdog.alive = False
    result = kernel._result(SimpleNamespace(outputs=[]), reply)
    assert result.status == "dead"


@pytest.mark.parametrize(
    ("payload", "asks"),
    [
        ([{"source": "ask_exit", "keepkernel": False}], True),
        ([{"source": "page"}, {"source": "ask_exit"}], True),
        ([{"source": "ask_exit", "keepkernel": True}], False),
        ([], False),
        ([3, "ask_exit"], False),
        ("ask_exit", False),
        (None, False),
    ],
)
def test_only_a_call_of_exit_asks_for_the_end(payload, asks):
    assert _asks_exit({"payload": payload}) == asks
