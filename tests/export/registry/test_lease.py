"""Who retrains a registry: one at a time, named, free again when it is done, over or killed; wherever it is."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import replace

import pytest

from export.registry import BusyError, Lease, LeaseLostError, RegistryError
from export.registry.lease import Holding
from tests.support.processes import wait_until


def elsewhere(leases, **changed):
    """Let a process of another machine hold it."""
    now = time.time_ns() // 1_000_000
    found = Holding("other", "Ben", "far/pid:[1]", 7, "11", now - 5_000, now + 60_000)
    leases.change(lambda _: replace(found, **changed))
    return leases.holding()


def test_one_holds_it_and_is_named(registry):
    leases = registry.leases()
    with Lease(leases, "Ann").acquire() as lease:
        lease.check()
        with pytest.raises(BusyError) as caught:
            Lease(registry.leases(), "Ben").acquire()
        said = str(caught.value)
        assert f"Ann (process {os.getpid()} on {socket.gethostname()}) is at it since 20" in said
        assert registry.address in said
        assert caught.value.exit_code == 1
    assert not leases.holding().is_held
    with Lease(leases, "Ben").acquire():
        assert leases.holding().by == "Ben"


def test_a_lease_that_a_wrong_clock_wrote_keeps_nobody_waiting(registry):
    now = time.time_ns() // 1_000_000
    assert elsewhere(registry.leases(), until=now + 60_000).is_held
    assert not elsewhere(registry.leases(), since=now + 864_000_000, until=now + 864_060_000).is_held
    Lease(registry.leases()).acquire().check()


def test_of_many_who_want_it_at_once_one_gets_it(kept):
    # As one process that asks for it several times: each has an id of its own.
    got, refused = [], []
    start = threading.Barrier(6)

    def ask(lease):
        start.wait()
        try:
            got.append(lease.acquire())
        except BusyError:
            refused.append(lease)

    threads = [threading.Thread(target=ask, args=(Lease(kept.again().leases()),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 5)


def test_it_is_renewed_while_it_is_held_and_over_when_it_is_not(registry):
    leases = registry.leases()
    with Lease(leases, seconds=1.6).acquire() as lease:
        first = leases.holding()
        wait_until(lambda: leases.holding().until > first.until, 10, "it is renewed", interval=0.02)
        lease.check()
        assert leases.holding().since == first.since
    lease = Lease(leases, seconds=0.6).acquire()  # and never renewed, as by one that hangs
    with pytest.raises(BusyError):
        Lease(leases).acquire()
    wait_until(lambda: not leases.holding().is_held, 10, "it is over", interval=0.02)
    with pytest.raises(LeaseLostError, match="run it again"):
        lease.check()
    Lease(leases).acquire()


def test_who_waits_is_told_once_for_whom(registry, monkeypatch):
    leases, said, looks = registry.leases(), [], []

    def sleep(seconds):
        looks.append(seconds)
        if len(looks) == 3:
            elsewhere(leases, until=0)

    elsewhere(leases)
    monkeypatch.setattr("export.registry.lease.time.sleep", sleep)
    with Lease(leases).acquire(wait=True, said=said.append) as lease:
        lease.check()
    assert len(looks) == 3
    assert len(said) == 1
    assert said[0].startswith("waiting: Ben (process 7 on far) is at it since 20")


def test_a_process_of_this_machine_that_is_no_more_holds_nothing(registry):
    leases = registry.leases()
    with Lease(leases).acquire():
        own = leases.holding()
    held = replace(own, id="x", until=time.time_ns() // 1_000_000 + 60_000)
    assert held.is_held
    assert not replace(held, born="1").is_held  # the number is another process's by now
    assert not replace(held, process=2**22 + 1).is_held
    assert replace(held, place="far/pid:[1]", born="1").is_held  # of another machine nobody knows
    assert replace(held, born="").is_held


def test_who_was_taken_for_dead_learns_of_it(registry):
    leases = registry.leases()
    with Lease(leases, seconds=0.4).acquire() as lease:
        elsewhere(leases)
        time.sleep(0.3)
        with pytest.raises(LeaseLostError):
            lease.check()
    assert leases.holding().by == "Ben"  # and gives nothing back that is not its own


def test_what_is_no_lease_is_told(kept):
    leases = kept.registry.leases()
    elsewhere(leases)
    (name,) = [one for one in kept.files() if "leases/" in one or one == "retraining.json"]
    kept.fs.pipe_file(f"{kept.root}/{name}", b"{}")
    with pytest.raises(RegistryError, match="must be what `pandian retrain` writes"):
        leases.holding()


@pytest.mark.parametrize("kept", ["objects"], indirect=True)
def test_a_number_that_was_taken_and_removed_counts_for_nobody(kept):
    """One that was slow finds a number free again which others have had: it must not take it for the newest."""
    slow, quick = kept.registry.leases(), kept.again().leases()
    elsewhere(quick)
    looked = threading.Event()

    def decide(found):
        if not looked.is_set():
            looked.set()
            for number in range(5):
                elsewhere(quick, by=f"Ben {number}")
            assert "leases/00000002.json" not in kept.files()
        return replace(found, by="slow")

    slow.change(decide)
    assert quick.holding().by == "slow"
    names = [name for name in kept.files() if name.startswith("leases/")]
    assert max(names) == "leases/00000007.json"
    assert len(names) == 2
