"""Runs gcloud's own code without its start: a server that has loaded the SDK, and workers that are forks of it.

usage: tests/gcloud/python tests/cloud/gcloud_server.py SOCKET

The shim (`shim.go`) hands over its words, its environment, its folder and its three streams. A worker becomes that process
and runs gcloud's `main`, so that parser, API clients, printers, errors and exit status are those of the installed gcloud.
It runs one command after the other, since to fork for each would take as long as the command. What a worker had to import,
the server imports too, and workers that know less than the server are replaced.

Two things are not as in gcloud. Where it would speak gRPC, which no proxy of these tests understands, the same generated client
speaks its other transport, JSON over HTTP. And it hardly waits between two questions or two tries, since the stand-in is done at once.
"""
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
MOST_IDLE = 16  # workers that wait for another command
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


def receive(connection, count):
    """A request, and so many open files that came with it; None when the other side has gone."""
    data, files, _, _ = socket.recv_fds(connection, 1 << 20, count)
    while data and not data.endswith(b"\n"):
        more = connection.recv(1 << 20)
        data = data + more if more else b""
    return (json.loads(data), files) if data else None


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


def work(orders):
    """Answers one shim after the other, and tells the server each time which modules that took."""
    home = [os.dup(number) for number in range(3)]
    while order := receive(orders, 4):
        request, (*streams, connection) = order
        before = set(sys.modules)
        status = run(request, streams)
        for number, stream in enumerate(home):  # whoever reads what gcloud wrote waits for its end
            os.dup2(stream, number)
        with socket.socket(fileno=connection) as shim, contextlib.suppress(OSError):  # it has gone
            shim.sendall(b"%d\n" % status)
        orders.sendall(json.dumps(sorted(set(sys.modules) - before)).encode() + b"\n")
    os._exit(0)


class Worker:
    """A process that became of the server when it had loaded so many modules, for the commands of one cloud: some of gcloud's
    clients remember where they have spoken to."""

    def __init__(self, cloud, held):
        self.loaded, self.cloud = len(sys.modules), cloud
        self.orders, theirs = socket.socketpair()
        self.process = os.fork()
        if self.process == 0:
            for file in [*held, self.orders.fileno()]:
                os.close(file)
            work(theirs)
        theirs.close()


class Server:
    """Hands each command to a worker of its cloud that has nothing to do and knows all that the server knows, or to a new one."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(128)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.idle = []

    def accept(self):
        connection, _ = self.listener.accept()
        with connection:
            received = receive(connection, 3)
            if received is None:
                return
            request, streams = received
            files = [*streams, connection.fileno()]
            load(request["argv"])
            cloud = next(each for each in request["environment"] if each.startswith("CLOUDSDK_PROXY_PORT="))
            worker = self.free(cloud) or self.new(cloud, files)
            socket.send_fds(worker.orders, [json.dumps(request).encode() + b"\n"], files)
            for stream in streams:
                os.close(stream)

    def free(self, cloud):
        kept = [each for each in self.idle if each.loaded == len(sys.modules)][-MOST_IDLE:]
        for worker in set(self.idle).difference(kept):
            self.dismiss(worker)
        self.idle = kept
        for worker in reversed(self.idle):
            if worker.cloud == cloud:
                self.idle.remove(worker)
                return worker
        return None

    def new(self, cloud, files):
        """A worker that holds nothing of what the server does: while it kept an end of a pipe, nobody would see it closed."""
        gc.collect()
        gc.freeze()
        held = [key.fd for key in self.selector.get_map().values()]
        worker = Worker(cloud, [*held, self.selector.fileno(), *files])
        self.selector.register(worker.orders, selectors.EVENT_READ, lambda: self.done(worker))
        return worker

    def done(self, worker):
        """Learns what the worker had to import."""
        data = b""
        while not data.endswith(b"\n"):
            more = worker.orders.recv(1 << 16)
            if not more:
                return self.dismiss(worker)
            data += more
        learned = json.loads(data)
        for name in learned:
            with contextlib.suppress(Exception):  # a module that only makes sense where it was loaded
                importlib.import_module(name)
        if learned:
            return self.dismiss(worker)
        self.idle.append(worker)

    def dismiss(self, worker):
        self.selector.unregister(worker.orders)
        worker.orders.close()
        os.waitpid(worker.process, 0)

    def serve(self):
        while True:
            for key, _ in self.selector.select():
                key.data()


server = Server(sys.argv[1])
print("listening", flush=True)
server.serve()
