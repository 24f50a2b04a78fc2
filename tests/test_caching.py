"""The cache bounded in bytes, against a plain model of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from leopard_tools.caching import ByteCache, CacheFigures

ACTIONS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 12)), max_size=60)


def test_what_is_put_is_got_until_it_is_too_much() -> None:
    cache: ByteCache[str, str] = ByteCache(10)
    cache.put("a", "first", 6)
    cache.put("b", "second", 4)
    assert (cache.get("a"), cache.get("b")) == ("first", "second")
    cache.put("c", "third", 5)
    assert cache.get("a") is None
    assert (cache.get("b"), cache.get("c")) == ("second", "third")


def test_what_was_used_last_stays() -> None:
    cache: ByteCache[str, int] = ByteCache(2)
    cache.put("a", 1, 1)
    cache.put("b", 2, 1)
    cache.get("a")
    cache.put("c", 3, 1)
    assert (cache.get("a"), cache.get("b")) == (1, None)


def test_what_is_larger_than_the_limit_is_not_kept_and_drops_nothing() -> None:
    cache: ByteCache[str, int] = ByteCache(3)
    cache.put("a", 1, 3)
    cache.put("b", 2, 4)
    assert (cache.get("a"), cache.get("b")) == (1, None)


def test_a_limit_of_nothing_keeps_nothing() -> None:
    cache: ByteCache[str, int] = ByteCache(0)
    cache.put("a", 1, 1)
    assert cache.get("a") is None
    assert cache.figures == CacheFigures(entries=0, bytes=0, limit=0, hits=0, misses=1)


def test_peeking_neither_counts_nor_makes_anything_newer() -> None:
    cache: ByteCache[str, int] = ByteCache(2)
    cache.put("a", 1, 1)
    cache.put("b", 2, 1)
    assert (cache.peek("a"), cache.peek("c")) == (1, None)
    cache.put("c", 3, 1)
    assert cache.peek("a") is None
    assert (cache.figures.hits, cache.figures.misses) == (0, 0)


def test_clearing_keeps_the_counts() -> None:
    cache: ByteCache[str, int] = ByteCache(5)
    cache.put("a", 1, 2)
    cache.get("a")
    cache.get("b")
    cache.clear()
    assert cache.figures == CacheFigures(entries=0, bytes=0, limit=5, hits=1, misses=1)


@given(st.integers(0, 20), ACTIONS)
def test_it_holds_what_a_plain_list_would(limit: int, actions: list[tuple[bool, int, int]]) -> None:
    cache: ByteCache[int, int] = ByteCache(limit)
    kept: list[tuple[int, int, int]] = []  # (key, value, size), least recently used first
    for number, (putting, key, size) in enumerate(actions):
        found = [entry for entry in kept if entry[0] == key]
        if putting and size <= limit:
            kept = [entry for entry in kept if entry[0] != key] + [(key, number, size)]
            while sum(entry[2] for entry in kept) > limit:
                kept.pop(0)
            cache.put(key, number, size)
        elif putting:
            cache.put(key, number, size)
        else:
            kept = [entry for entry in kept if entry[0] != key] + found
            assert cache.get(key) == (found[0][1] if found else None)
        figures = cache.figures
        assert (figures.entries, figures.bytes) == (len(kept), sum(entry[2] for entry in kept))


def test_many_threads_never_exceed_the_limit() -> None:
    cache: ByteCache[int, int] = ByteCache(50)

    def work(seed: int) -> None:
        for number in range(500):
            key = (seed * 31 + number * 7) % 40
            found = cache.get(key)
            assert found is None or found == key
            cache.put(key, key, 1 + key % 9)
            assert cache.figures.bytes <= 50

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert cache.figures.hits + cache.figures.misses == 8 * 500
