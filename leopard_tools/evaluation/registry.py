"""Finds a benchmark by name, or by the files in a folder.

The paper's benchmarks are modules of `benchmarks`; other distributions add theirs through the
entry-point group `leopard_tools.benchmarks`, where each name stands for a `Benchmark`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from ..errors import LeopardError
from .benchmark import Benchmark
from .dataset import FILE

GROUP = "leopard_tools.benchmarks"
BUILT_IN = (
    "mpdocvqa",
    "dude",
    "slidevqa",
    "multichartqa",
    "multihiertt",
    "textvqa",
    "docvqa",
    "visualwebbench",
    "mmmu",
    "mathvista",
    "mirb",
    "scienceqa",
)


def benchmark_names() -> list[str]:
    """All names that `find_benchmark` knows, those of other distributions last."""
    others = sorted(entry_points(group=GROUP).names - set(BUILT_IN))
    return [*BUILT_IN, *others]


def find_benchmark(name: str) -> Benchmark:
    """The benchmark of a name. Raises LeopardError where there is none, or it cannot be loaded."""
    if name in BUILT_IN:
        found = import_module(f".benchmarks.{name}", __package__).BENCHMARK
        assert isinstance(found, Benchmark)
        return found
    for entry in entry_points(group=GROUP, name=name):
        try:
            found = entry.load()
        except (ImportError, AttributeError) as error:
            raise LeopardError(
                f"The benchmark {name!r} ({entry.value}) does not load: {error}"
            ) from None
        if not isinstance(found, Benchmark):
            raise LeopardError(
                f"The benchmark {name!r} ({entry.value}) is a {type(found).__name__} and should be "
                "a leopard_tools.evaluation.benchmark.Benchmark."
            )
        return found
    raise LeopardError(
        f"There is no benchmark {name!r}. Known are: {', '.join(benchmark_names())}."
    )


def recognise(folder: Path) -> Benchmark | None:
    """The benchmark whose files a folder holds; None for the project's own layout.

    Raises LeopardError where none fits, or several do.
    """
    if (folder / FILE).is_file() or not folder.is_dir():
        return None
    fitting = [b for b in map(find_benchmark, benchmark_names()) if b.fits(folder)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(b.name for b in fitting) or ", ".join(benchmark_names())
    problem = (
        "fits several benchmarks" if fitting else f"holds neither {FILE} nor a known benchmark"
    )
    raise LeopardError(f"{folder} {problem}. Name one with --benchmark: {names}.")


__all__ = ["BUILT_IN", "GROUP", "benchmark_names", "find_benchmark", "recognise"]
