"""What the tests share with the project's other tests."""

from __future__ import annotations

import sys
from pathlib import Path

# pytest adds only this folder, so the import comes after (E402).
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.images.local_site import cancelled_while_waiting

__all__ = ["cancelled_while_waiting"]
