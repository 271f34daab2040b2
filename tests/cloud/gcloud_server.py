"""Runs gcloud's own code without its start: a server that has loaded the SDK, and forks for each command.

usage: tests/gcloud/python tests/cloud/gcloud_server.py SOCKET

The shim (`shim.go`) hands over its words, its environment, its folder and its three streams. The child becomes that process
and runs gcloud's `main`, so that parser, API clients, printers, errors and exit status are those of the installed gcloud.
What a command has to import, the server imports too, so that the next one of its kind finds it loaded.

Two things are not as in gcloud. Where it would speak gRPC, which no proxy of these tests understands, the same generated client
speaks its other transport, JSON over HTTP. And it hardly waits between two questions or two tries, since the stand-in is done at once.
"""
import array
import contextlib
import gc
import importlib
import json
import os
import selectors
import socket
import sys
import time
import traceback

import gcloud  # the bootstrap of the SDK: it must come before the SDK's other modules

getattr(gcloud, "_fix_google_module", lambda: None)()

from google.auth.credentials import AnonymousCredentials  # noqa: E402
from googlecloudsdk import gcloud_main  # noqa: E402
from googlecloudsdk.api_lib.util import apis, apis_internal, apis_util  # noqa: E402
from googlecloudsdk.core import log, properties  # noqa: E402

CRASHED = 70
PATIENCE = 0.02  # seconds that gcloud waits at most before it asks again
sleep = time.sleep
CLI = gcloud_main.CreateCLI([])


def over_http(api, version, address_override_func=None, **_):
    """A generated client that speaks JSON over HTTP, as gcloud's own commands do, through the same proxy."""
    proxy, values = properties.VALUES.proxy, properties.VALUES
    os.environ["HTTPS_PROXY"] = f"http://{proxy.address.Get()}:{proxy.port.Get()}"
    os.environ["REQUESTS_CA_BUNDLE"] = values.core.custom_ca_certs_file.Get()
    client = apis_internal._GetGapicClientClass(api, version, apis_util.GapicTransport.REST)
    return client(AnonymousCredentials(), address_override_func=address_override_func)


apis.GetGapicClientInstance = over_http


def receive(connection):
    """The request of a shim, and its streams; None when it has gone."""
    streams = array.array("i", [0, 0, 0])
    room = socket.CMSG_SPACE(len(streams) * streams.itemsize)
    data, passed, _, _ = connection.recvmsg(1 << 20, room)
    while data and not data.endswith(b"\n"):
        more = connection.recv(1 << 20)
        data = data + more if more else b""
    if not data:
        return None
    streams = array.array("i", passed[0][2])
    return json.loads(data), streams


def load(argv):
    """Loads the command that these words name, with its parser."""
    element = CLI._TopElement()
    for word in argv:
        if not element.is_group:
            return
        if not word.startswith("-"):
            element = element.LoadSubElement(word)
            if element is None:  # no such command: gcloud will say so
                return


def become(request, streams):
    """Takes the shim's place: its folder, environment, words and streams."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(variable.split("=", 1) for variable in request["environment"])
    sys.argv = ["gcloud", *request["argv"]]
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        stream = open(number, mode, encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    log.Reset(sys.stdout, sys.stderr)
    time.sleep = lambda seconds: sleep(min(seconds, PATIENCE))


def run(request, streams):
    """The exit status of gcloud."""
    try:
        become(request, streams)
        gcloud_main.main(CLI)
    except SystemExit as e:
        return e.code if isinstance(e.code, int) else int(e.code is not None)
    except BaseException:
        traceback.print_exc()
        return CRASHED
    finally:
        with contextlib.suppress(OSError):  # whoever reads has gone
            sys.stdout.flush()
            sys.stderr.flush()
    return 0


def child(connection, learned, request, streams):
    """Answers one shim, and tells the server which modules that took."""
    before = set(sys.modules)
    status = run(request, streams)
    connection.sendall(b"%d\n" % status)
    os.write(learned, json.dumps(sorted(set(sys.modules) - before)).encode())
    os._exit(0)


def learn(data):
    """Imports what a child had to import."""
    for name in json.loads(data):
        with contextlib.suppress(Exception):  # a module that only makes sense where it was loaded
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


class Server:
    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)

    def accept(self, _):
        connection, _ = self.listener.accept()
        with connection:
            received = receive(connection)
            if received is None:
                return
            request, streams = received
            load(request["argv"])
            learned, telling = os.pipe()
            if os.fork() == 0:
                self.listener.close()
                os.close(learned)
                child(connection, telling, request, streams)
            os.close(telling)
            for stream in streams:
                os.close(stream)
            self.selector.register(learned, selectors.EVENT_READ, self.ended)

    def ended(self, learned):
        data = b""
        while more := os.read(learned, 1 << 16):
            data += more
        self.selector.unregister(learned)
        os.close(learned)
        os.wait()
        if len(data) > len("[]"):
            learn(data)

    def serve(self):
        while True:
            for key, _ in self.selector.select():
                key.data(key.fd)


server = Server(sys.argv[1])
print("listening", flush=True)
server.serve()
