"""Fetching from a small hub on loopback: what arrives, what goes on after a break, what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from leopard_tools import Leopard
from leopard_tools.errors import CheckpointNotFound, MissingDependency
from leopard_tools.weights.hub import fetch_checkpoint

from ..conftest import GOLDEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type": "llama"}',
    # huggingface_hub writes pieces of 10 MB: half of this leaves one to go on from.
    "model.safetensors": bytes(range(256)) * (24 * 4096),
    "tokenizer.model": b"tokens",
    "pytorch_model.bin": b"a pickle",
    "onnx/model.safetensors": b"an export",
    "README.md": b"# A model",
}
WANTED = ["config.json", "model.safetensors", "tokenizer.model"]

# A fresh interpreter, because huggingface_hub reads the environment when it is imported.
FETCH = """
import sys
from leopard_tools.errors import LeopardError
from leopard_tools.weights.hub import fetch_checkpoint
try:
    print(fetch_checkpoint(sys.argv[1], sys.argv[2] or None, progress=True))
except LeopardError as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
"""


@dataclass
class Hub:
    """What the server has and does; tests change it between requests."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    status: int = 200  # what every request is answered with, unless 200
    error_code: str = ""
    cut: str | None = None  # the file whose next transfer breaks off half way
    withheld: str | None = None  # the file that is then refused
    sent: list[str] = field(default_factory=list)  # files asked for, with the range if there is one


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if hub.status != 200:
                self.reply(hub.status, b"{}", {"X-Error-Code": hub.error_code})
            elif path.startswith("/api/models/org/name/revision/"):
                known = path.rpartition("/")[2] in ("main", "v1", COMMIT)
                siblings = [{"rfilename": name} for name in hub.files]
                answer = {"id": "org/name", "sha": COMMIT, "siblings": siblings}
                code = {} if known else {"X-Error-Code": "RevisionNotFound"}
                self.reply(200 if known else 404, json.dumps(answer).encode(), code)
            elif path == f"/api/models/org/name/tree/{COMMIT}":
                tree = [
                    {"type": "file", "path": name, "size": len(data), "oid": f"{crc32(data):08x}"}
                    for name, data in hub.files.items()
                ]
                self.reply(200, json.dumps(tree).encode())
            elif path.startswith(f"/org/name/resolve/{COMMIT}/"):
                self.send_file(path.removeprefix(f"/org/name/resolve/{COMMIT}/"))
            else:
                self.reply(404, b"{}", {"X-Error-Code": "RepoNotFound"})

        def send_file(self, name: str) -> None:
            data = hub.files[name]
            headers = {"ETag": f'"{crc32(data):08x}"', "X-Repo-Commit": COMMIT}
            if self.command == "HEAD":
                self.reply(200, data, headers)
                return
            asked = self.headers.get("Range", "")
            hub.sent.append(f"{name} {asked}".strip())
            if name == hub.cut:
                hub.cut = None
                self.reply(200, data, headers, cut=True)
            elif name == hub.withheld:
                self.reply(503, b"{}")
            elif asked:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
                self.reply(206, data[start:], headers)
            else:
                self.reply(200, data, headers)

        def reply(
            self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: bool = False
        ) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            if cut:
                self.close_connection = True
                body = body[: len(body) // 2]
            self.wfile.write(body)

    return Handler


@contextmanager
def serving(hub: Hub) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(hub)) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()
    with serving(made):
        yield made


def fetch(
    hub: Hub,
    home: Path,
    name: str = "org/name",
    revision: str = "",
    code: str = FETCH,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Runs one fetch with its cache in `home`; no proxy, no telemetry, no xet."""
    settings = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-c", code, name, revision],
        env=kept | settings | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_only_the_files_that_are_needed_arrive_and_nothing_is_said(hub: Hub, tmp_path: Path):
    done = fetch(hub, tmp_path)
    folder = type(tmp_path)(done.stdout.strip())
    assert done.returncode == 0
    assert names(folder) == WANTED
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert done.stderr == ""


ASK = """
import sys
from leopard_tools import Leopard
leopard = Leopard.load(sys.argv[1], device="cpu")
print(leopard.model, *leopard.ask("What?", max_tokens=3).token_ids)
"""


def test_a_checkpoint_on_the_hub_answers_as_its_folder_does(hub: Hub, tmp_path: Path):
    folder = GOLDEN / "leopard-llava-tiny"
    hub.files = {file.name: file.read_bytes() for file in folder.iterdir()}
    done = fetch(hub, tmp_path, code=ASK)
    with Leopard.load(folder, device="cpu") as leopard:
        expected = leopard.ask("What?", max_tokens=3).token_ids
    assert done.stdout.split() == ["org/name", *map(str, expected)], done.stderr
    assert not any(name.startswith("case") and name.endswith(".png") for name in hub.sent)


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(hub: Hub, tmp_path: Path):
    hub.cut = "model.safetensors"
    done = fetch(hub, tmp_path)
    folder = type(tmp_path)(done.stdout.strip())
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    whole, rest = [file for file in hub.sent if file.startswith("model.safetensors")]
    assert whole == "model.safetensors"
    assert int(rest.removeprefix("model.safetensors bytes=").rstrip("-")) > 0


def test_a_download_that_failed_keeps_the_files_that_are_complete(hub: Hub, tmp_path: Path):
    hub.cut = hub.withheld = "model.safetensors"
    broken = fetch(hub, tmp_path)
    assert broken.returncode == 1
    assert broken.stdout.startswith("CheckpointNotFound: The download of org/name stopped")
    assert "files that are complete are kept" in broken.stdout
    hub.withheld = None
    hub.sent.clear()
    done = fetch(hub, tmp_path)
    assert names(type(tmp_path)(done.stdout.strip())) == WANTED
    assert hub.sent == ["model.safetensors"]


def test_a_cached_checkpoint_needs_no_hub(hub: Hub, tmp_path: Path):
    first = fetch(hub, tmp_path)
    hub.status = 503
    assert fetch(hub, tmp_path).stdout == first.stdout
    hub.url = "http://127.0.0.1:9"  # the discard port: nobody listens
    assert fetch(hub, tmp_path).stdout == first.stdout
    assert fetch(hub, tmp_path, HF_HUB_OFFLINE="1").stdout == first.stdout


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "", "Run `hf auth login`"),
        (401, "RepoNotFound", "for a private one run `hf auth login`"),
        (403, "GatedRepo", "org/name is gated. Accept its terms at "),
        (403, "", "does not let this account read org/name (403)"),
        (404, "RepoNotFound", "There is no repository org/name on "),
        (503, "", "The download of org/name stopped"),
    ],
)
def test_what_the_hub_refuses_is_explained(
    hub: Hub, tmp_path: Path, status: int, code: str, said: str
):
    hub.status, hub.error_code = status, code
    done = fetch(hub, tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("CheckpointNotFound: ")
    assert said in done.stdout


def test_an_unknown_revision_is_named(hub: Hub, tmp_path: Path):
    done = fetch(hub, tmp_path, revision="v9")
    assert done.stdout.startswith("CheckpointNotFound: org/name has no revision v9.")


def test_no_network_and_nothing_cached_says_how_to_go_on(hub: Hub, tmp_path: Path):
    offline = fetch(hub, tmp_path, HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE is set. Unset it and try again" in offline.stdout
    hub.url = "http://127.0.0.1:9"
    alone = fetch(hub, tmp_path)
    assert "http://127.0.0.1:9 cannot be reached. Check the network" in alone.stdout


@pytest.mark.parametrize("name", ["", "name", "a/b/c", "../secret", "org/na me", "org/a--b", "/x"])
def test_what_is_not_an_id_is_refused_without_a_request(name: str):
    with pytest.raises(CheckpointNotFound, match='an id of the form "org/name"'):
        fetch_checkpoint(name, progress=False)


def test_a_revision_that_climbs_out_of_the_cache_is_refused():
    with pytest.raises(CheckpointNotFound, match="is not a revision"):
        fetch_checkpoint("org/name", "a/../../b", progress=False)


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingDependency) as caught:
        fetch_checkpoint("org/name", progress=False)
    assert caught.value.command == "pip install 'leopard-tools[hub]'"
