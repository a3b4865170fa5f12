"""Talk to a kernel whose messages nobody can trust."""

from collections import Counter

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbformat import ValidationError
from traitlets import Type

TAKEN_IN = set(
    "status stream display_data update_display_data execute_result error "
    "clear_output".split()
)
AROUND = 4  # frames before the content: signature, header, parent, metadata
NONSENSE = {"header": {}, "parent_header": {}, "content": {}, "msg_type": ""}


class Channel(AsyncZMQSocketChannel):
    """A channel on which nonsense, even well signed, does no harm."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.size = 0  # bytes received since somebody set it to 0; of text
        # that is printed without what is around it, as chance decides in how
        # many pieces it comes
        self.forged = False  # whether one request was answered twice
        self._replies = Counter()

    async def _recv(self, **options):
        frames = await self.socket.recv_multipart(**options)
        self.size += sum(map(len, frames))
        try:
            _, frames = self.session.feed_identities(frames)
            message = self.session.deserialize(frames)
            for part in ("header", "parent_header", "content"):
                if not isinstance(message[part], dict):
                    return dict(NONSENSE)
            if message["msg_type"] == "execute_reply":
                self._count_reply(message)
            if message["msg_type"] == "stream":
                self.size -= sum(map(len, frames[:AROUND]))
        except Exception:  # a forged one may break it in any way
            return dict(NONSENSE)
        return message

    def _count_reply(self, message):
        request = message["parent_header"].get("msg_id")
        self._replies[request] += 1
        self.forged |= self._replies[request] > 1
        message["content"].setdefault("status", "error")


class Client(AsyncKernelClient):
    """A client of a kernel by such channels."""

    shell_channel_class = Type(Channel)
    iopub_channel_class = Type(Channel)


class Executor(NotebookClient):
    """nbclient, which takes no more output of a cell than it may send.

    most: bytes for each cell; reply: what the kernel answered to the last
    cell, None if it did not.
    """

    def __init__(self, notebook, most, **options):
        super().__init__(
            notebook,
            allow_errors=True,
            timeout=None,  # the watchdog sees to it
            raise_on_iopub_timeout=True,
            on_cell_start=self._begin,
            on_cell_executed=self._keep_reply,
            **options,
        )
        self.most, self.reply = most, None

    def _begin(self, **_):
        self.reply = None
        self.kc.iopub_channel.size = self.kc.shell_channel.size = 0

    def _keep_reply(self, execute_reply, **_):
        self.reply = execute_reply["content"]

    @property
    def too_much(self):
        """Whether the cell has sent more than it may."""
        sizes = self.kc.iopub_channel.size, self.kc.shell_channel.size
        return sum(sizes) > self.most

    def process_message(self, msg, cell, cell_index):
        """Take a message in, unless it is too much or no output at all."""
        kind = msg["msg_type"]
        if kind not in TAKEN_IN or (self.too_much and kind != "status"):
            return
        before = len(cell.outputs)
        try:
            super().process_message(msg, cell, cell_index)
        except CellControlSignal:  # the cell has ended
            raise
        except (ValidationError, LookupError, TypeError, AttributeError):
            del cell.outputs[before:]  # not what a kernel sends
