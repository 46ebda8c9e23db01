"""One reconfiguration by kazoo. Arguments: connect string, servers that join, ids that leave; `-` is none. Prints the answer."""

import sys

from kazoo.client import KazooClient

PATIENCE_S = 30


def given(argument):
    return None if argument == "-" else argument


def main(hosts, joining, leaving):
    client = KazooClient(hosts=hosts, timeout=10)
    client.start(timeout=PATIENCE_S)
    try:
        data, _ = client.reconfig(joining=given(joining), leaving=given(leaving), new_members=None)
    except Exception as error:
        raise SystemExit(type(error).__name__)
    finally:
        client.stop()
    print(data.decode())


main(*sys.argv[1:])
