"""The sandbox: what code in it can and cannot do, and what ends it."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from submissions import need_sandbox

from softmaxgrader import kernel as kernel_module
from softmaxgrader import sandbox, seccomp
from softmaxgrader import watchdog as watchdog_module
from softmaxgrader.errors import SandboxError
from softmaxgrader.kernel import Kernel
from softmaxgrader.limits import MIB, Limits
from softmaxgrader.processes import descendants
from softmaxgrader.watchdog import Watchdog

ROOT = Path(__file__).resolve().parents[2]
COVERED = Path(sys.prefix, "share")  # a folder in one that is shown


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "numbers.txt").write_text("1 2 3", "utf-8")
    return folder


@pytest.fixture(scope="module")
def kernel(data):
    """One sandboxed kernel for all tests that leave it alive."""
    need_sandbox()
    os.environ["SECRET_OF_THE_INSTRUCTOR"] = "1"
    try:
        with Kernel(
            Limits(cell=20, total=9000, memory=600, scratch=8, output=1),
            data=data,
            environment={"SOFTMAXBOOK_COURSE": "autumn"},
            hidden=[str(COVERED)],
        ) as one:
            yield one
    finally:
        del os.environ["SECRET_OF_THE_INSTRUCTOR"]


def printed(kernel, code):
    """What a cell prints; it must not fail."""
    result = kernel.run(code)
    assert result.status == "ok", (result.name, result.value)
    return "".join(o.text for o in result.outputs if o.output_type == "stream").strip()


def refused(kernel, code):
    """Whether a cell fails with an OSError."""
    result = kernel.run(code)
    assert result.status in ("ok", "error")
    return result.name in ("OSError", "PermissionError", "FileNotFoundError")


# A kernel like any other ----------------------------------------------------


def test_outputs_are_those_of_a_notebook(kernel):
    result = kernel.run(
        "print('a')\nprint('b')\nimport sys\nprint('c', file=sys.stderr)\n1 + 1"
    )
    kinds = [(o.output_type, o.get("name")) for o in result.outputs]
    assert sorted(kinds, key=str) == [
        ("execute_result", None),
        ("stream", "stderr"),
        ("stream", "stdout"),
    ]
    assert "a\nb\n" in [o.get("text") for o in result.outputs]
    assert result.status == "ok"


def test_a_long_line_costs_no_time(kernel):
    begin = time.process_time()
    result = kernel.run("for _ in range(9):\n    print('x' * 10**5, end='')")
    assert result.outputs[0].text == "x" * 9 * 10**5
    assert time.process_time() - begin < 20  # by a pattern it took minutes


def test_an_exception_has_name_and_value(kernel):
    result = kernel.run("[][1]")
    assert (result.status, result.name) == ("error", "IndexError")
    assert result.value == "list index out of range"
    assert result.outputs[-1].output_type == "error"


def test_variables_live_on(kernel):
    kernel.run("x = 17")
    assert printed(kernel, "print(x)") == "17"


def test_history_holds_only_what_it_should(kernel):
    kernel.run("secret_cell = 1")
    kernel.run("open_cell = 1", history=True)
    told = printed(kernel, "print(In)")
    assert "open_cell" in told and "secret_cell" not in told


def test_input_fails_instead_of_waiting(kernel):
    assert kernel.run("input()").name == "StdinNotImplementedError"


# Out of reach ---------------------------------------------------------------


def test_only_a_few_variables_are_passed_on(kernel):
    told = printed(kernel, "import os\nprint(dict(os.environ))")
    assert "SECRET" not in told and "autumn" in told
    assert str(Path.home()) not in told.replace(str(Path(sys.executable).parent), "")


def test_masters_and_other_files_are_invisible(kernel):
    for path in (
        ROOT / "book",
        ROOT / "tests",
        ROOT / "README.md",
        Path(__file__),
        Path("/etc/passwd"),
        Path("/var"),
    ):
        assert path.exists()
        assert (
            printed(kernel, f"import os\nprint(os.path.exists({str(path)!r}))")
            == "False"
        ), path
    told = printed(kernel, "import softmaxbook\nprint(softmaxbook.__file__)")
    assert told == "/sandbox/book/softmaxbook/__init__.py"


def test_a_hidden_folder_in_a_shown_one_is_covered(kernel):
    assert list(COVERED.iterdir())
    assert printed(kernel, f"import os\nprint(os.listdir({str(COVERED)!r}))") == "[]"


def test_the_system_is_read_only(kernel, data):
    for path in (
        "/x",
        "/usr/x",
        "/etc/x",
        "/dev/x",
        "/sandbox/x",
        f"{sys.prefix}/x",
        "/sandbox/book/softmaxbook/x.py",
        "/sandbox/data/x",
        "/proc/sys/kernel/core_pattern",
    ):
        assert refused(kernel, f"open({path!r}, 'w')"), path
    assert (
        printed(
            kernel,
            "import os\nprint(open("
            "os.environ['SOFTMAXBOOK_DATA'] + '/numbers.txt').read())",
        )
        == "1 2 3"
    )
    assert os.listdir(data) == ["numbers.txt"]


def test_home_and_tmp_are_private_and_small(kernel):
    code = "open('/tmp/mine', 'w').write('x')\nopen('mine', 'w').write('x')"
    assert kernel.run(code).status == "ok"
    assert not Path("/tmp/mine").exists() and not Path("mine").exists()
    result = kernel.run(
        "for i in range(3):\n    open(f'/tmp/{i}', 'wb').write(b'x' * 2**22)"
    )
    assert result.name == "OSError" and "No space left" in result.value
    assert (
        kernel.run(
            "import glob, os\nfor name in glob.glob('/tmp/?'):\n    os.remove(name)"
        ).status
        == "ok"
    )


def test_there_is_no_network(kernel):
    assert refused(
        kernel, "import socket\nsocket.create_connection(('8.8.8.8', 53), timeout=1)"
    )
    assert (
        printed(kernel, "print(sorted(n for _, n in socket.if_nameindex()))")
        == "['lo']"
    )


def test_other_processes_are_invisible(kernel):
    told = printed(
        kernel, "import os\nprint([n for n in os.listdir('/proc') if n.isdigit()])"
    )
    assert "1" in told and len(eval(told)) <= 3


def test_there_are_no_privileges(kernel):
    told = printed(kernel, "print(open('/proc/self/status').read())")
    status = dict(line.split(":", 1) for line in told.splitlines())
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    assert "1000" in status["Uid"]
    library = "import ctypes\nlibrary = ctypes.CDLL(None)\n"
    for call in (
        "unshare(0x10000000)",
        "mount(b'/usr', b'/tmp', 0, 4096, 0)",
        "memfd_create(b'x', 0)",
        "shmget(0, 4096, 0o1600)",
    ):
        assert printed(kernel, f"{library}print(library.{call})") == "-1", call


def test_python_has_what_a_notebook_needs(kernel):
    result = kernel.run(
        "import multiprocessing.pool, tempfile, numpy\n"
        "import matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\nplt.show()\n"
        "with multiprocessing.pool.ThreadPool(2) as pool:\n"
        "    print(pool.map(abs, [-1, 2]))\n"
        "tempfile.TemporaryFile().write(b'x')"
    )
    assert result.status == "ok", result.value
    assert any("image/png" in o.get("data", {}) for o in result.outputs)


# Limits that leave the kernel alive -----------------------------------------


def test_too_much_memory_for_one_process_is_an_error(kernel):
    kernel.run("x = 1")
    assert kernel.run("block = bytearray(700 * 2**20)").name == "MemoryError"
    assert printed(kernel, "print(x)") == "1"


def test_a_cell_that_computes_too_long_is_stopped(kernel):
    used = kernel.used
    result = kernel.run("y = 1\nwhile True:\n    y += 1", seconds=0.5)
    assert result.status == "timeout" and kernel.alive
    assert kernel.used - used > 0.5
    assert printed(kernel, "print(y > 1)") == "True"


def test_a_cell_that_waits_too_long_is_stopped(kernel):
    begin = time.monotonic()
    result = kernel.run("import time\ntime.sleep(60)", seconds=0.3)
    assert result.status == "timeout" and kernel.alive
    assert time.monotonic() - begin >= 1.2


class Clock:
    """A clock that the test sets, in place of the module time."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.mark.parametrize(
    ("share", "seconds"),
    [
        (1, 10.1),  # of a processor of its own
        (0.14, 72),  # a busy machine: all of its processor time is granted
        (0.011, 910),
        (0.009, 40),  # it waits
        (0, 40),
    ],
)
def test_only_a_cell_that_computes_nothing_is_stopped_by_the_clock(
    monkeypatch, share, seconds
):
    clock = Clock()
    monkeypatch.setattr(watchdog_module, "time", clock)
    watchdog = Watchdog(Limits(), isolated=False)
    watchdog.used, begin = 5.0, clock.now
    too_long = watchdog.timer(10)
    while not too_long() and clock.now < 2000:
        clock.now += 0.05
        watchdog.used += 0.05 * share
    assert clock.now - begin == pytest.approx(seconds, rel=0.02)


def test_a_cell_that_first_computes_and_then_waits_is_stopped(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(watchdog_module, "time", clock)
    watchdog = Watchdog(Limits(), isolated=False)
    too_long = watchdog.timer(10)
    while not too_long() and clock.now < 2000:
        clock.now += 0.05
        watchdog.used = min(clock.now - 100, 9)
    assert 140 < clock.now < 181


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    print('x' * 1000)",
        "import os\nwhile True:\n    os.write(1, b'x' * 1000)",
        "from IPython.display import display\nwhile True:\n    display('x' * 10**5)",
    ],
)
def test_a_cell_that_prints_too_much_is_stopped(kernel, code):
    result = kernel.run(code)
    assert result.status == "output" and kernel.alive
    assert sum(len(str(o)) for o in result.outputs) < 3 * 2**20
    assert printed(kernel, "print('still here')") == "still here"


def test_no_output_is_lost_when_the_grader_is_slow(monkeypatch):
    need_sandbox()
    with Kernel(Limits(output=64)) as one:
        take_in, slept = one._executor.process_message, []

        def slow(*arguments):
            if not slept:  # meanwhile the kernel sends what it can
                slept.append(time.sleep(3))
            return take_in(*arguments)

        monkeypatch.setattr(one._executor, "process_message", slow)
        for code in (
            "from IPython.display import display\nfor i in range(4000): display(i)",
            "for i in range(4000): print(i, flush=True)",
        ):
            slept.clear()
            result = one.run(code)
            told = [o.get("text") or o.data["text/plain"] for o in result.outputs]
            assert result.status == "ok", one.ended
            assert "\n".join(told).split() == list(map(str, range(4000)))


def test_forged_messages_are_ignored(kernel):
    result = kernel.run("""
kernel = get_ipython().kernel
parent = kernel.get_parent()
for kind, content in (("stream", {"name": 1, "text": {}}), ("error", {}),
                      ("display_data", {"data": 3, "metadata": None}),
                      ("status", {}), ("", {})):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
print("done")
""")
    assert result.status == "ok", (result.name, result.value)
    assert [o.text for o in result.outputs] == ["done\n"]


def test_each_process_has_limits_of_its_own(kernel):
    names = ["CORE", "NOFILE", "FSIZE", "CPU", "DATA", "NPROC"]
    told = printed(
        kernel,
        f"import resource\nfor name in {names}:\n"
        "    print(*resource.getrlimit(getattr(resource, 'RLIMIT_' + name)))",
    )
    soft, hard = zip(*(line.split() for line in told.splitlines()))
    expected = [0, 256, 8 * MIB, 2 * 9000 + 60, 600 * MIB]
    assert soft == hard and list(map(int, soft))[:5] == expected
    assert os.getuid() == 0 or int(soft[5]) > 0  # root has none


# Limits that end it ---------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "code", "reason"),
    [
        (
            {"processes": 8},
            "import subprocess\nmany = [subprocess.Popen(['sleep', "
            "'60']) for _ in range(20)]\nmany[0].wait()",
            "it had more than 8 processes at once",
        ),
        (
            {"memory": 400},
            "import os, time\nfor _ in range(3):\n"
            "    if os.fork() == 0:\n        block = b'x' * (200 * 2**20)\n"
            "        time.sleep(60)\n        os._exit(0)\ntime.sleep(60)",
            "it used more than 400 MiB of memory",
        ),
        (
            {"total": 4},
            "import time\ntime.sleep(60)",
            "it ran for more than 4 seconds in total",
        ),
        (
            {},
            "for i in range(400):\n    open(f'/tmp/{i}', 'w').close()\n"
            "import time\ntime.sleep(60)",
            "it made more than 300 files",
        ),
        (
            {"cell": 0.5},
            "while True:\n    try:\n        while True:\n"
            "            sum(range(99))\n    except BaseException:\n        pass",
            "a cell did not stop when it was interrupted",
        ),
        ({}, "import os\nos._exit(0)", None),
        ({}, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", None),
    ],
)
def test_what_ends_the_sandbox(limits, code, reason, monkeypatch):
    need_sandbox()
    monkeypatch.setattr(watchdog_module, "FILES", 300)
    monkeypatch.setattr(kernel_module, "PATIENCE", 1)
    with Kernel(Limits(**limits)) as one:
        pids = descendants(one.process.pid)
        assert one.run(code).status == "dead"
        assert one.ended == reason and not one.alive
        assert one.run("1").status == "dead"
    assert not any(map(alive, pids))


def test_it_ends_with_the_process_that_started_it(tmp_path):
    need_sandbox()
    program = (
        "from softmaxgrader.kernel import Kernel\n"
        "import time\n"
        "with Kernel() as one:\n"
        "    print(one.process.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        pid = int(process.stdout.readline())
        pids = [pid, *descendants(pid)]
        assert len(pids) >= 3
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 120
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))


def alive(pid):
    """Whether the process is there, and not only waits to be collected."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_kernel_that_does_not_start_says_why():
    need_sandbox()
    with (
        pytest.raises(SandboxError, match=r"does not start: (?s:.*)encodings"),
        Kernel(environment={"PYTHONHOME": "/nowhere"}),
    ):
        pass


# Without bubblewrap ---------------------------------------------------------


def test_without_isolation_the_limits_hold(data):
    with Kernel(Limits(processes=8), isolated=False, data=data) as one:
        assert printed(one, "import os\nprint(os.environ['SOFTMAXBOOK_DATA'])") == str(
            data
        )
        folder = Path(printed(one, "print(os.getcwd())"))
        assert one.run("while True:\n    pass", seconds=0.5).status == "timeout"
        assert (
            one.run(
                "import subprocess\nmany = [subprocess.Popen(['sleep', "
                "'60']) for _ in range(20)]\nmany[0].wait()"
            ).status
            == "dead"
        )
        assert one.ended == "it had more than 8 processes at once"
    assert not folder.exists()


# The filter of system calls -------------------------------------------------


def answer(program, architecture, number):
    """Run a filter as the system does: the value that it returns."""
    rules = list(struct.iter_unpack("HBBI", program))
    at, value = 0, None
    while True:
        code, yes, no, k = rules[at]
        at += 1
        if code == 0x20:
            value = {0: number, 4: architecture}[k]
        elif code == 0x06:
            return k
        else:
            assert code in (0x15, 0x35)
            at += yes if (value == k if code == 0x15 else value >= k) else no


@pytest.mark.parametrize("machine", seccomp.FORBIDDEN)
def test_the_filter_forbids_what_is_listed_and_nothing_else(machine, monkeypatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: machine)
    monkeypatch.setattr(seccomp.sys, "platform", "linux")
    program = seccomp.system_call_filter()
    architecture, forbidden = seccomp.FORBIDDEN[machine]
    assert len(forbidden) >= 11
    for number in range(500):
        refused = answer(program, architecture, number) != 0x7FFF0000
        assert refused == (number in forbidden), number
    assert answer(program, architecture, 0x40000000 + 1) == 0x50026
    assert answer(program, architecture + 1, 1) == 0x50026


def test_each_matplotlib_finds_its_own_list_of_fonts(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    assert not [part for part in sandbox.bubblewrap(Limits()) if "fontlist" in part]
    names = ["fontlist-v3.11.0.json", "fontlist-v390.json"]
    for name in names:
        (tmp_path / name).touch()
    command = sandbox.bubblewrap(Limits())
    for name in names:
        at = command.index(str(tmp_path / name))
        shown = f"{sandbox.HOME}/.cache/matplotlib/{name}"
        assert command[at - 1 : at + 2 : 2] == ["--ro-bind", shown]


def test_other_machines_have_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    assert seccomp.system_call_filter() is None


def test_a_python_in_the_root_folder_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "base_prefix", "/")
    with pytest.raises(SandboxError, match="installed in / itself"):
        sandbox.bubblewrap(Limits())
