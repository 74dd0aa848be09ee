"""Starting, ending, and what outlives it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from standins.testing import running

ROOT = Path(__file__).parents[2]
CAFE, BOT = "messenger-1001", "telegram-123456"


def test_everything_outlives_a_restart(tmp_path: Path, listener: object) -> None:
    with running(tmp_path) as first:
        token = first.control.add_page("5005", "Blumen am Eck")
        first.control.page("1001", profile={"get_started": {"payload": "START"}})
        first.control.write(CAFE, "Hallo")
        first.control.write(BOT, "Wartet")
        first.control.let_pass(hours=1)
        first.control.site("cafe-morgenrot", snippet="<b>Chat</b>")
        first.control.settle()
        psid = first.control.address(CAFE)

    with running(tmp_path) as second:
        assert second.control.address(CAFE) == psid
        assert [row["text"] for row in second.control.view(CAFE)["messages"]] == ["Hallo"]
        assert second.control.page("1001")["profile"] == {"get_started": {"payload": "START"}}
        assert [row["state"] for row in second.control.deliveries()] == ["waiting"]
        me = httpx.get(
            f"{second.graph_url}/v26.0/me", params={"access_token": token}, trust_env=False
        )
        assert me.json()["name"] == "Blumen am Eck"
        site = httpx.get(f"{second.url}/site/cafe-morgenrot/", trust_env=False)
        assert "<b>Chat</b>" in site.text


def test_a_delivery_under_way_outlives_a_restart(tmp_path: Path, listener: object) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
    closed.close()
    with running(tmp_path, webhook=dead, retries=(0.4,) * 50) as first:
        first.control.page("1001", subscribed_fields=["messages"])
        first.control.write(CAFE, "Hallo")
    with running(tmp_path, webhook=listener.url) as second:  # type: ignore[attr-defined]
        assert second.control.settle()
    assert [heard.event["message"]["text"] for heard in listener.heard] == ["Hallo"]  # type: ignore[attr-defined]


def test_the_command_says_where_it_is_and_ends_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "standins", "--port", "0", "--var", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Stand-ins: ").strip()
        assert httpx.get(f"{url}/healthz", trust_env=False).text == "ok\n"
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "standins", "--port", port, "--var", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_stand_ins_know_nothing_of_the_product() -> None:
    script = (
        "import sys, standins.server;"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'chatbo', 'consent', 'dpa', 'tenants', 'django', 'infrastructure'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
