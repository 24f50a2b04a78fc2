"""What changed between two captures, as data and as text."""

from __future__ import annotations

from leopard_tools.images.wanted import Check
from leopard_tools.toolbox.captures import Capture
from leopard_tools.toolbox.labels import counted, labelled

from ..comparing import changed_lines, changed_regions
from ..models import Changes, Edit, Text
from ..state import ServerState

MOST_REGIONS = 20
MOST_LINES = 100
"""Lines of each kind that are told: two pages of a long document may have nothing in common."""


def changes_between(check: Check, state: ServerState, before: Capture, after: Capture) -> Changes:
    """Regions, largest first, and lines, the uppermost first; only what changed is read anew.

    Of both the first are told, and how many more there are. What `check` raises ends the reading.
    """
    regions = changed_regions(before.frame.image, after.frame.image)
    found = Changes(
        before=before.id,
        after=after.id,
        regions=[region.to_list() for region in regions[:MOST_REGIONS]],
        more_regions=len(regions[MOST_REGIONS:]) or None,
        added=[],
        removed=[],
        edited=[],
    )
    if not regions:
        return found
    lines = changed_lines(state.read(check, before), state.read(check, after), regions)
    found.added = [Text.of(line) for line in lines.added[:MOST_LINES]]
    found.removed = [Text.of(line) for line in lines.removed[:MOST_LINES]]
    found.edited = [
        Edit(before=old.text, after=new.text, box=new.box.to_list())
        for old, new in lines.edited[:MOST_LINES]
    ]
    kinds = (lines.added, lines.removed, lines.edited)
    found.more_lines = sum(len(kind[MOST_LINES:]) for kind in kinds) or None
    return found


def changes_text(changes: Changes) -> str:
    """In a few lines, with their boxes in the later capture."""
    if not changes.regions:
        return f"Nothing changed since {changes.before}."
    seen = [f"+ {line.box} {line.text}" for line in changes.added]
    seen += [f"- {line.box} {line.text}" for line in changes.removed]
    seen += [f"~ {edit.box} {edit.before} -> {edit.after}" for edit in changes.edited]
    count = len(changes.regions) + (changes.more_regions or 0)
    head = f"{counted(count, 'region')} changed since {changes.before}: "
    head += ", ".join(map(str, changes.regions))
    if changes.more_regions:
        head += f" and {changes.more_regions} smaller"
    more = ""
    if changes.more_lines:
        lines = counted(changes.more_lines, "more line")
        more = f"\n{lines} changed: read {changes.before} and {changes.after} for all of them."
    return f"{head}\n{labelled(chr(10).join(seen) or '(no text changed)')}{more}"


__all__ = ["changes_between", "changes_text"]
