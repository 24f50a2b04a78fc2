"""The files that benchmarks come in: JSON, JSONL, parquet with image bytes, tables in HTML.

A `Record` is one entry with the place where it stands, so that what is missing is named with it.
It must not know any one benchmark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LeopardError, MissingDependency

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a file; its readers raise LeopardError that names the place and the field."""

    where: str
    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """A field as text; numbers are written out."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong(name, "text")
        return str(value)

    def number(self, name: str) -> int:
        """A field that is a whole number."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "a whole number")
        return value

    def texts(self, name: str) -> list[str]:
        """A field that is a list; its entries as texts, a lone text as a list of one."""
        value = self.fields.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return [str(value)]
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return [str(one) for one in value]

    def inner(self, name: str) -> Record:
        """A field that is an object of its own."""
        value = self.fields.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        return Record(f"{self.where}, {name}", value)

    def wrong(self, name: str, wanted: str) -> LeopardError:
        """The error for a field that is not as the layout says."""
        value = self.fields.get(name)
        found = "is missing" if value is None else f"is {str(value)[:80]!r}"
        return LeopardError(
            f"{self.where}: {name} {found} and should be {wanted}. Give the files as they were "
            "distributed."
        )


def read_json(file: Path, *, under: str | None = None) -> list[Record]:
    """The entries of a JSON file that is a list, or holds one in the field `under`."""
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LeopardError(f"{file} cannot be read: {error.strerror or error}.") from None
    # RecursionError: what is nested too deeply.
    except (ValueError, RecursionError) as error:
        raise LeopardError(f"{file} is no JSON: {error}.") from None
    if under is not None and isinstance(content, dict):
        content = content.get(under)
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        where = f"a list of objects in {under!r}" if under else "a list of objects"
        raise LeopardError(f"{file} should hold {where}. Give the file as it was distributed.")
    return [Record(f"{file}, entry {n}", one) for n, one in enumerate(content, 1)]


def json_lines(text: str, file: Path) -> Iterator[tuple[int, object]]:
    """What stands in a file with one JSON value a line, with the lines' numbers from 1.

    Raises LeopardError at a line that is no JSON; `file` names it there.
    """
    # Not splitlines: U+2028 and its like end no line of JSON.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LeopardError(f"{file}, line {number}: this is no JSON ({error}).") from None
        yield number, entry


def read_jsonl(file: Path) -> list[Record]:
    """The entries of a file with one JSON object a line."""
    records = []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LeopardError(f"{file} cannot be read: {error}.") from None
    for number, entry in json_lines(text, file):
        if not isinstance(entry, dict):
            raise LeopardError(f"{file}, line {number}: this is no object.")
        records.append(Record(f"{file}, line {number}", entry))
    return records


@dataclass(frozen=True, slots=True)
class Cell:
    """An image whose bytes stand in a column of a parquet file, as the hub stores pictures."""

    name: str
    column: pa.ChunkedArray
    row: int

    def source(self) -> bytes:
        """The encoded picture. Raises LeopardError where the cell is empty."""
        value = self.column[self.row].as_py()
        data = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(data, bytes):
            raise LeopardError(f"{self.name} holds no picture: its cell has no bytes.")
        return data


@dataclass(frozen=True, slots=True)
class Row(Record):
    """A row of a parquet file. Pictures stay in the file's memory until they are asked for."""

    table: pa.Table
    file: Path
    index: int

    def picture(self, name: str) -> Cell | None:
        """The picture of a column; None where the row or the file has none."""
        if name not in self.table.column_names:
            return None
        column = self.table.column(name)
        if not column[self.index].is_valid:
            return None
        return Cell(
            f"{self.file.parent.name}/{self.file.name}#{self.index}.{name}", column, self.index
        )


def read_parquet(files: Iterable[Path]) -> list[Row]:
    """The rows of parquet files, one file after the other; pictures are not decoded.

    Raises MissingDependency without pyarrow.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingDependency("pyarrow", "pip install 'leopard-tools[eval]'") from None
    rows: list[Row] = []
    for file in files:
        try:
            table = pq.read_table(file)
        except (OSError, pa.ArrowException) as error:
            raise LeopardError(f"{file} cannot be read as parquet: {error}.") from None
        plain = [name for name in table.column_names if not _holds_pictures(table, name)]
        for index, fields in enumerate(table.select(plain).to_pylist()):
            rows.append(Row(f"{file}, row {index + 1}", fields, table, file, index))
    return rows


def _holds_pictures(table: pa.Table, name: str) -> bool:
    import pyarrow as pa

    kind = table.schema.field(name).type
    if pa.types.is_struct(kind):
        return bool(kind.get_field_index("bytes") >= 0)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def found_files(folder: Path, *patterns: str) -> list[Path]:
    """The files that match, by name. Raises LeopardError that names the patterns where none do."""
    files = sorted({file for pattern in patterns for file in folder.glob(pattern)})
    if not files:
        raise LeopardError(
            f"{folder} has no {' or '.join(patterns)}. Give the folder that the benchmark was "
            "unpacked into."
        )
    return files


def letter_of(index: int, letters: Sequence[str], record: Record) -> str:
    """The letter of a choice by its place. Raises LeopardError where there is no such choice."""
    if not 0 <= index < len(letters):
        raise LeopardError(f"{record.where}: the answer {index} is none of {len(letters)} choices.")
    return letters[index]


__all__ = [
    "Cell",
    "Record",
    "Row",
    "found_files",
    "json_lines",
    "letter_of",
    "read_json",
    "read_jsonl",
    "read_parquet",
]
