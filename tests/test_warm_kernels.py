"""The kernels of nbval that have their imports behind them."""

import os
import subprocess
import sys
import time

import jupyter_client
import nbval.kernel
import psutil
import pytest
import warm_kernels
from built_site import ROOT
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, start_new_kernel

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels are forked on Linux only"
)
IMPORTED = "import sys; print('torch' in sys.modules, 'softmaxbook' in sys.modules)"
PATIENCE = 120  # seconds, on a busy machine too

# What a notebook can find out about its kernel.
STATE = f"""
import os, signal, sys, threading, warnings, {", ".join(warm_kernels.IMPORTED)}
environment = dict(os.environ, JPY_PARENT_PID="", JPY_SESSION_NAME="")
matplotlib.pyplot.plot([1, 2])
print(__name__, os.getcwd(), *sys.path, sep="\\n")
print(*sorted(environment.items()), *sorted(map(str, warnings.filters)), sep="\\n")
print(matplotlib.rcParams, matplotlib.get_backend(), sorted(globals()), sep="\\n")
print(signal.getsignal(signal.SIGINT).__name__, sys.excepthook.__name__)
print(type(sys.stdin), threading.active_count())
"""
WORKER = f"""
import os, psutil
import warm_kernels
from nbval.kernel import NbvalKernelspecManager
warm_kernels.IMPORTED = ["ipykernel.kernelapp"]
manager = warm_kernels.WarmManager(
    kernel_name={CURRENT_ENV_KERNEL_NAME!r},
    kernel_spec_manager=NbvalKernelspecManager(),
)
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready({PATIENCE})
pid = manager.provisioner.process.pid
print(pid, psutil.Process(pid).ppid(), flush=True)
os._exit(1)
"""


def run_worker(environment):
    """Process numbers of the kernel that a worker starts, and of its server."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        cwd=ROOT / "tests",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment,
    )
    assert done.returncode == 1, done.stderr
    return map(int, done.stdout.split())


def wait_for_the_end(pid):
    end = time.monotonic() + PATIENCE
    while runs(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not runs(pid)


@pytest.fixture
def start(tmp_path):
    """Starts a kernel as nbval does; returns its manager and client."""
    started = []

    def start():
        started.append(
            start_new_kernel(PATIENCE, CURRENT_ENV_KERNEL_NAME, cwd=str(tmp_path))
        )
        return started[-1]

    yield start
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code):
    """What a cell shows: texts of streams, types of data, names of errors."""
    shown = []

    def take(message):
        content = message["content"]
        found = [content.get(key) for key in ("text", "data", "ename")]
        shown.extend(
            sorted(value) if isinstance(value, dict) else value
            for value in filter(None, found)
        )

    client.execute_interactive(
        code, output_hook=take, allow_stdin=False, timeout=PATIENCE
    )
    return shown


def runs(pid):
    """Whether a process has not ended; nobody may yet have noticed its end."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nbval_takes_them_and_they_have_imported_no_code_of_the_book(start):
    assert nbval.kernel.KernelManager is warm_kernels.WarmManager
    _, client = start()
    assert run(client, IMPORTED) == ["True False\n"]


def test_a_notebook_finds_what_it_finds_in_other_kernels(start, monkeypatch):
    _, warm = start()
    monkeypatch.setattr(nbval.kernel, "KernelManager", jupyter_client.KernelManager)
    _, cold = start()
    assert run(cold, IMPORTED) == ["False False\n"]
    assert run(warm, IMPORTED) == ["True False\n"]
    (text, figure), (cold_text, cold_figure) = run(warm, STATE), run(cold, STATE)
    assert figure == cold_figure == ["image/png", "text/plain"]
    assert not set(text.splitlines()) ^ set(cold_text.splitlines())


def test_a_cell_that_does_not_end_can_be_interrupted(start):
    manager, client = start()
    client.execute("print('begun', flush=True)\nwhile True: pass")
    while client.get_iopub_msg(PATIENCE)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while (message := client.get_iopub_msg(PATIENCE))["msg_type"] != "error":
        pass
    assert message["content"]["ename"] == "KeyboardInterrupt"


def test_a_kernel_that_is_shut_down_has_ended(start):
    manager, _ = start()
    process = manager.provisioner.process
    assert process.poll() is None
    manager.shutdown_kernel(now=True)
    assert process.poll() == -9 and not psutil.pid_exists(process.pid)


def test_it_ends_when_the_worker_has_ended():
    alone = {k: v for k, v in os.environ.items() if k != warm_kernels.FOLDER}
    kernel, server = run_worker(alone)
    wait_for_the_end(server)
    wait_for_the_end(kernel)


def test_workers_share_a_server_and_kernels_end_with_it(monkeypatch):
    monkeypatch.setattr(warm_kernels, "IMPORTED", ["ipykernel.kernelapp"])
    with warm_kernels.shared(dict(os.environ)) as environment:
        (first, server), (second, same) = (run_worker(environment) for _ in range(2))
        assert server == same and runs(first) and runs(second)
    assert not psutil.pid_exists(server)
    wait_for_the_end(first)
    wait_for_the_end(second)
