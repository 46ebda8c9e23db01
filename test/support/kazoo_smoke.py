"""A client in another language, kazoo: create, watch, lock, transaction. One argument: the connect string."""

import sys
import threading

from kazoo.client import KazooClient
from kazoo.exceptions import BadVersionError, NodeExistsError, RolledBackError

PATIENCE_S = 30


def start(hosts):
    client = KazooClient(hosts=hosts, timeout=10)
    client.start(timeout=PATIENCE_S)
    return client


def expect(what, actual, expected):
    if actual != expected:
        raise SystemExit(f"{what}: {actual!r}, not {expected!r}")


def expect_error(what, error, run):
    try:
        run()
    except error:
        return
    raise SystemExit(f"{what}: no {error.__name__}")


def create(client):
    expect("create", client.create("/kazoo/deep/node", b"data", makepath=True), "/kazoo/deep/node")
    expect_error("create again", NodeExistsError, lambda: client.create("/kazoo/deep/node"))
    data, stat = client.get("/kazoo/deep/node")
    expect("get", (data, stat.version, stat.dataLength), (b"data", 0, 4))
    expect_error("wrong version", BadVersionError, lambda: client.set("/kazoo/deep/node", b"x", version=7))
    expect("sequence", client.create("/kazoo/s-", sequence=True), "/kazoo/s-0000000001")


def watch(client, other):
    events = []
    seen = threading.Event()

    def note(event):
        events.append((event.type, event.path))
        seen.set()

    client.get("/kazoo/deep/node", watch=note)
    other.sync("/")
    other.set("/kazoo/deep/node", b"new")
    other.set("/kazoo/deep/node", b"newer")
    expect("watch fires", seen.wait(PATIENCE_S), True)
    client.sync("/kazoo")
    expect("watch fires once", events, [("CHANGED", "/kazoo/deep/node")])
    expect("what was watched", client.get("/kazoo/deep/node")[0], b"newer")


def lock(client, other):
    first, second = client.Lock("/kazoo/lock", "first"), other.Lock("/kazoo/lock", "second")
    expect("lock", first.acquire(timeout=PATIENCE_S), True)
    expect("lock that is held", second.acquire(blocking=False), False)
    first.release()
    expect("lock after its release", second.acquire(timeout=PATIENCE_S), True)
    second.release()


def transaction(client):
    good = client.transaction()
    good.create("/kazoo/t", b"t")
    good.set_data("/kazoo/deep/node", b"by transaction")
    good.delete("/kazoo/s-0000000001")
    expect("transaction", len([each for each in good.commit() if not isinstance(each, Exception)]), 3)
    bad = client.transaction()
    bad.create("/kazoo/never", b"")
    bad.check("/kazoo/t", version=9)
    results = bad.commit()
    expect("failed transaction", [type(each) for each in results], [RolledBackError, BadVersionError])
    expect("nothing of it", client.exists("/kazoo/never"), None)


def main(hosts):
    one_server = hosts.split(",")[0]
    client, other = start(hosts), start(one_server)
    create(client)
    watch(client, other)
    lock(client, other)
    transaction(client)
    client.create("/kazoo/ephemeral", ephemeral=True)
    client.stop()
    other.sync("/kazoo")
    expect("ephemeral node after the end of its session", other.exists("/kazoo/ephemeral"), None)
    other.stop()
    print("done")


main(sys.argv[1])
