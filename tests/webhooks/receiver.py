"""A working receiver of webhooks, on loopback, that behaves as a test wants it to."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook


class Receiver:
    """A real HTTP server. `answer` deals with each request; what came is in `came`, as (headers, body)."""

    def __init__(self):
        self.came = []
        self.paths = []
        self.answer = self.status(200)
        self.stop = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.paths.append(self.path)
                receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
                receiver.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?token=hush-hush"

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.came]

    def status(self, code, body=b"", **headers):
        def answer(handler):
            handler.send_response(code)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    def hang(self, _):
        """Say nothing until `stop`, and nothing then."""
        self.stop.wait(60)

    def close(self):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()

    def read(self, secret):
        """The last message, as somebody with the secret takes it in."""
        headers, body = self.came[-1]
        return Webhook(secret).verify(body, headers)
