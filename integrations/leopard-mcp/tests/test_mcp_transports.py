"""The server as its users start it: a process on stdio, a port on HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from leopard_mcp import Policy
from leopard_mcp.http import BODY_BYTES, SESSIONS, Endpoint, is_loopback, make_app
from leopard_mcp.state import SILENT_SECONDS, ServerState
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_clients import DATA, Connected, User, call, poster, refusal, text_of, until

from leopard_tools.capture.screen import monitors

pytestmark = pytest.mark.anyio
COMMAND = Path(sys.executable).with_name("leopard-mcp")
LEOPARD = Path(sys.executable).with_name("leopard")
ERAS = pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
TOKEN = "a-token-for-the-tests"

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def stdio(*arguments: str | Path, **environment: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=str(COMMAND),
        args=[str(each) for each in arguments],
        env={**os.environ, **environment},
    )


@contextmanager
def http_server(*arguments: str) -> Iterator[tuple[str, str]]:
    """A server on a free port; its URL, and what it wrote to stderr by the time it listened."""
    command = [COMMAND, "--http", "--port", str(free_port()), *arguments]
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "stderr").open("w+") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        said = Path(folder) / "stderr"
        try:
            until(lambda: "\n" in said.read_text())
            first = said.read_text().splitlines()[0]
            url = re.sub("//(0.0.0.0|::1)", "//127.0.0.1", first.split()[-1])
            # All that it has to say before it listens is written by then.
            until_listening(url)
            yield url, said.read_text()
        finally:
            process.terminate()
            assert process.stdout is not None and process.stdout.read() == ""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def until_listening(url: str) -> None:
    def answers() -> bool:
        try:
            httpx.get(url)
        except httpx.TransportError:
            return False
        return True

    until(answers)


@asynccontextmanager
async def http_client(url: str, token: str | None = None, **options: Any) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx.AsyncClient(headers=headers, timeout=60) as connection,
        Client(streamable_http_client(url, http_client=connection), **options) as client,
    ):
        yield client


@ERAS
async def test_a_process_on_stdio_captures_reads_and_finds(desktop: Connected, mode: str) -> None:
    desktop.open("Build log", poster((600, 200), "3 tests failed", "#ffffff"), (80, 80))
    server = stdio("--allow-screen", "--root", DATA)
    async with Client(server, mode=mode) as client:
        captured = await call(client, "screen_capture", monitor=1)
        assert "3 tests failed" in {line["text"] for line in captured["lines"]}
        deck = await call(client, "slides_open", path="deck.pdf", slides=[2])
        found = await call(client, "find", text="Gross margin", captures=[deck["name"]])
        assert found["matches"]


async def test_leopard_mcp_is_the_same_command(desktop: Connected) -> None:
    server = StdioServerParameters(
        command=str(LEOPARD), args=["mcp", "--allow-screen"], env=dict(os.environ)
    )
    async with Client(server) as client:
        listed = await call(client, "screen_list")
        assert len(listed["monitors"]) == len(monitors())
    helped = subprocess.run([LEOPARD, "mcp", "--help"], capture_output=True, text=True, check=True)
    assert "--allow-screen" in helped.stdout and "LEOPARD_MCP_TOKEN" in helped.stdout


def test_leopard_mcp_says_what_to_install() -> None:
    code = (
        "import sys, importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'leopard_mcp' else find(name, *a)\n"
        "sys.argv = ['leopard', 'mcp']\n"
        "from leopard_tools.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "leopard: leopard-mcp is not installed. Install it with: pip install leopard-mcp\n"
    )


@ERAS
async def test_consent_is_asked_for_over_stdio(desktop: Connected, mode: str) -> None:
    user = User()
    async with Client(stdio(), mode=mode, elicitation_callback=user) as client:
        await call(client, "screen_capture")
        await call(client, "screen_capture")
    assert len(user.asked) == 1


def test_nothing_but_the_protocol_is_on_stdout(tmp_path: Path) -> None:
    # Prints at import, while serving, from a child, without a newline, and at exit.
    (tmp_path / "noisy.py").write_text(
        "import atexit, os, sys\n"
        "import leopard_mcp.server as s\n"
        "from leopard_mcp.tools import sources\n"
        "def load_stream(*args, **options):\n"
        "    print('stray'); sys.stdout.write('no newline'); os.system('echo child')\n"
        "    os.write(1, b'raw')\n"
        "    return real(*args, **options)\n"
        "real, sources.load_stream = sources.load_stream, load_stream\n"
        "atexit.register(print, 'at exit')\n"
        "from leopard_mcp.command import main\n"
        "main()\n"
    )
    requests = [
        INITIALIZE,
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "slides_open", "arguments": {"path": "deck.pdf", "slides": [1]}},
        },
    ]
    process = subprocess.Popen(
        [sys.executable, tmp_path / "noisy.py", "--root", DATA],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stderr is not None
        lines = []
        for request in requests:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **request}) + "\n")
            process.stdin.flush()
            if "id" in request:
                lines.append(process.stdout.readline())
        process.stdin.close()
        lines += process.stdout.read().splitlines()
        noise = process.stderr.read()
    messages = [json.loads(line) for line in lines]
    assert [message["id"] for message in messages] == [1, 2]
    assert messages[1]["result"]["isError"] is False
    for stray in ("stray", "no newline", "child", "raw", "at exit"):
        assert stray in noise


@pytest.mark.skipif(sys.platform == "darwin", reason="names of files are UTF-8 there")
async def test_a_name_that_is_no_text_does_not_end_the_server(tmp_path: Path) -> None:
    folder, picture = tmp_path / os.fsdecode(b"caf\xe9"), os.fsdecode(b"p\xe9.png")
    folder.mkdir()
    (folder / picture).write_bytes((DATA / "page.png").read_bytes())
    (folder / "link.png").symlink_to(folder / picture)
    said: list[str | None] = []

    async def note(_: float, __: float | None, message: str | None) -> None:
        said.append(message)

    # A server that ended would never answer.
    with anyio.fail_after(60):
        async with Client(stdio("--root", folder)) as client:
            assert "caf\ufffd" in await refusal(client, "slides_open", path="/etc/passwd")
            opened = await client.call_tool(
                "slides_open", {"path": "link.png"}, progress_callback=note
            )
    assert not opened.is_error and set(said) == {"Opening p\ufffd.png"}


@ERAS
async def test_a_port_on_loopback_serves_both_eras(desktop: Connected, mode: str) -> None:
    desktop.open("Build log", poster((600, 200), "3 tests failed", "#ffffff"), (80, 80))
    with http_server("--allow-screen") as (url, said):
        assert "token" not in said
        async with http_client(url, mode=mode) as client:
            captured = await call(client, "screen_capture")
            found = await call(client, "find", text="failed", captures=[captured["capture"]])
            assert found["matches"][0]["text"] == "failed"


async def test_captures_over_http_belong_to_their_session(desktop: Connected) -> None:
    with http_server("--allow-screen") as (url, _):
        async with http_client(url, mode="legacy") as one, http_client(url, mode="legacy") as two:
            captured = (await call(one, "screen_capture"))["capture"]
            await call(one, "read", captures=[captured])
            assert "no capture" in await refusal(two, "read", captures=[captured])
            assert "changes" not in await call(two, "screen_capture")
            assert (await call(two, "forget"))["dropped"] == 1
            await call(one, "read", captures=[captured])
            # A stateless request cannot slip into a session by naming it.
            session = {"mcp-session-id": "anything"}
            async with (
                httpx.AsyncClient(headers=session, timeout=60) as connection,
                Client(
                    streamable_http_client(url, http_client=connection), mode="2026-07-28"
                ) as none,
            ):
                assert "no capture" in await refusal(none, "read", captures=[captured])
                mine = (await call(none, "screen_capture"))["capture"]
                await call(none, "read", captures=[mine])
                # Without sessions there is no last capture of one's own.
                assert "changes" not in await call(none, "screen_capture")
                told = await none.call_tool("forget", {})
                assert told.structured_content == {"dropped": 0} and "name them" in text_of(told)
                assert (await call(none, "forget", captures=[mine]))["dropped"] == 1


async def test_what_a_session_captured_goes_when_it_ends() -> None:
    policy = Policy(roots=(DATA,))
    state, port = ServerState(policy), free_port()
    endpoint = Endpoint(port=port)
    config = uvicorn.Config(make_app(state, endpoint), port=port, log_level="warning")
    server = uvicorn.Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        while not server.started:
            await anyio.sleep(0.02)
        async with http_client(endpoint.url, mode="legacy") as one:
            await call(one, "slides_open", path="page.png")
            async with http_client(endpoint.url, mode="legacy") as two:
                await call(two, "slides_open", path="deck.pdf", slides=[1, 2])
                assert len(state.captures) == 3
            # The second client has said goodbye.
            assert len(state.captures) == 1
            # One that went without a word is forgotten in time.
            (silent,) = state._seen
            state._seen[silent] -= SILENT_SECONDS + 1
            state.notice("another")
            assert len(state.captures) == 0
        server.should_exit = True


async def test_shared_captures_outlive_their_session_for_those_who_know_the_id(
    desktop: Connected,
) -> None:
    with http_server("--allow-screen", "--share-captures") as (url, _):
        async with http_client(url, mode="legacy") as client:
            captured = (await call(client, "screen_capture"))["capture"]
        async with http_client(url, mode="legacy") as client:
            await call(client, "read", captures=[captured])
            assert "changes" not in await call(client, "screen_capture")


@ERAS
async def test_consent_is_asked_for_over_http(desktop: Connected, mode: str) -> None:
    user = User()
    with http_server() as (url, _):
        async with http_client(url, mode=mode, elicitation_callback=user) as client:
            await call(client, "screen_capture")
            await call(client, "screen_capture")
        async with http_client(url, mode=mode) as client:
            # Another client's consent is not this one's.
            assert "--allow-screen" in await refusal(client, "screen_capture")
    # Without a session nobody knows whose consent it was.
    assert len(user.asked) == (1 if mode == "legacy" else 2)


async def test_a_token_is_demanded_off_loopback_and_made_up_without_one() -> None:
    with http_server("--host", "0.0.0.0") as (url, said):
        token = said.split("Bearer token: ")[1].strip()
        assert len(token) > 40
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": token}):
            assert post(url, headers).status_code == 401
        async with http_client(url, token) as client:
            assert len((await client.list_tools()).tools) == 11
    with http_server("--token", TOKEN) as (url, said):
        assert TOKEN not in said and post(url).status_code == 401
        assert post(url, {"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_other_hosts_and_origins_and_large_bodies_are_refused() -> None:
    arguments = ("--allow-host", "desk.example", "--allow-origin", "https://good.example")
    with http_server(*arguments) as (url, _):
        assert post(url).status_code == 200
        assert post(url, {"Host": "evil.example"}).status_code == 421
        assert post(url, {"Host": "desk.example:8765"}).status_code == 200
        for origin in ("https://evil.example", "http://localhost:3000", "null"):
            assert post(url, {"Origin": origin}).status_code == 403
        assert post(url, {"Origin": "https://good.example"}).status_code == 200
        assert post(url, padding="x" * BODY_BYTES).status_code == 413


def test_hosts_and_origins_are_known_as_clients_write_them() -> None:
    # As `hostname` prints them, and as an address bar shows them.
    arguments = ("--allow-host", "Johns-Desk.local", "--allow-origin", "https://Good.example/")
    with http_server(*arguments) as (url, _):
        for host in ("johns-desk.local:8765", "Johns-Desk.local:8765"):
            assert post(url, {"Host": host}).status_code == 200
        answer = post(url, {"Origin": "https://good.example"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://good.example"


def test_pages_of_an_origin_that_may_call_can_do_so_from_a_browser() -> None:
    good = "https://good.example"
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,mcp-method,mcp-session-id",
    }
    with http_server("--token", TOKEN, "--allow-origin", good) as (url, _):
        # A browser asks without the token whether it may send it.
        before = httpx.options(url, headers={"Origin": good, **asked})
        assert before.status_code == 200
        assert before.headers["access-control-allow-origin"] == good
        for headers, status in (({"Authorization": f"Bearer {TOKEN}"}, 200), ({}, 401)):
            answer = post(url, {"Origin": good, **headers})
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == good
            assert answer.headers["access-control-expose-headers"] == "mcp-session-id"
        evil = httpx.options(url, headers={"Origin": "https://evil.example", **asked})
        assert evil.status_code == 400 and "access-control-allow-origin" not in evil.headers
    with http_server() as (url, _):
        assert "access-control-allow-origin" not in post(url).headers


def test_the_longest_silent_session_ends_for_a_new_one() -> None:
    with http_server() as (url, _), httpx.Client(timeout=20) as client, ExitStack() as streams:
        opened = [post(url) for _ in range(SESSIONS)]
        assert [answer.status_code for answer in opened] == [200] * SESSIONS
        named = [{"mcp-session-id": answer.headers["mcp-session-id"]} for answer in opened]
        # The first speaks again, so the second is silent for longest.
        post(url, named[0])
        newest = post(url)
        assert newest.status_code == 200
        assert client.delete(url, headers=named[1]).status_code == 404
        # Who has a stream open is there: where all are, there is no room.
        named[1] = {"mcp-session-id": newest.headers["mcp-session-id"]}
        for each in named:
            asked = {"Accept": "text/event-stream", **each}
            stream = streams.enter_context(client.stream("GET", url, headers=asked))
            assert stream.status_code == 200
        statuses = [post(url).status_code]
        client.delete(url, headers=named[0])
        statuses.append(post(url).status_code)
    assert statuses == [503, 200]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_deck_that_is_drawn_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    server = stdio("--root", DATA, TMPDIR=str(tmp_path))
    process = subprocess.Popen(
        [server.command, *server.args],
        env=server.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    opening = {"name": "slides_open", "arguments": {"path": "deck.pptx"}}
    with process:
        assert process.stdin is not None
        for request in (
            INITIALIZE,
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": opening},
        ):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        until(lambda: any(tmp_path.iterdir()))
        process.send_signal(number)
        # LibreOffice takes longer than this to start and draw.
        assert process.wait(10) == 128 + number
    assert not list(tmp_path.iterdir())


def test_only_loopback_addresses_go_without_a_token() -> None:
    for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost"):
        assert is_loopback(host) and Endpoint(host=host).guarded().token is None
    for host in ("0.0.0.0", "::", "192.168.1.5", "my-laptop", "localhost.evil.example"):
        assert not is_loopback(host) and Endpoint(host=host).guarded().token
    assert Endpoint(host="0.0.0.0", token=TOKEN).guarded().token == TOKEN


def test_wrong_options_end_with_one_line() -> None:
    for root, said in (("/no/such/folder", "/no/such/folder: no such"), ("", "The name of a fol")):
        command = [COMMAND, "--root", root]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"leopard-mcp: {said}")
        assert done.stderr.count("\n") == 1


def test_a_place_where_nothing_can_listen_is_an_error_of_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        places = [("127.0.0.1", taken.getsockname()[1])]
        places += [(host, 8765) for host in ("my host", "", "fe80::1%nosuch", "a..b")]
        for host, port in places:
            command = [COMMAND, "--http", "--host", host, "--port", str(port)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr.startswith(f"leopard-mcp: Nothing can listen at {host!r}")
            assert done.stderr.count("\n") == 1


def post(url: str, headers: dict[str, str] | None = None, padding: str = "") -> httpx.Response:
    """An initialize request, as a client without the SDK sends it."""
    body = {**INITIALIZE, "padding": padding} if padding else INITIALIZE
    accepted = {"Accept": "application/json, text/event-stream", **(headers or {})}
    return httpx.post(url, json=body, headers=accepted, timeout=20)
