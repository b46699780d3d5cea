"""The built application in Debian's Chromium, against the shipped web and worker processes.

Each test begins with an empty database. There is no scheduler: its minute's look at what is due (missed summaries,
say) would change pages in the middle of a test.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from asyncops.embedded.child import signal_group, spawn
from asyncops.jobs.registry import QUEUES
from tests.browser.accessibility import findings
from tests.browser.chromium import SIZES, ChromiumMissingError
from tests.browser.chromium import chromium as start_chromium
from tests.ports import free_port
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
PASSWORD = "correct-horse-1"
PATIENCE = 15_000
"""Milliseconds after which waiting for a page is a failure; on an idle machine everything takes tenths of that."""

expect.set_options(timeout=PATIENCE)

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def _build() -> None:
    dist = ROOT / "frontend/dist"
    if not (dist / "index.html").is_file():
        pytest.fail("The web application has not been built: run `make build`", pytrace=False)
    # A build by `make` leaves a mark, and `make` knows what is newer.
    marked = (dist / ".built").is_file()
    if (
        marked
        and subprocess.run(["make", "--question", "build"], cwd=ROOT, capture_output=True, check=False).returncode
    ):
        pytest.fail("The web application has changed since it was built: run `make build`", pytrace=False)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    try:
        with start_chromium() as browser:
            yield browser
    except ChromiumMissingError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def _queue(environment) -> Iterator[redis.Redis]:
    # Not the queue of the other tests: the worker here would take their jobs.
    url = environment["REDIS_URL"].removesuffix("/0") + "/1"
    with redis.Redis.from_url(url, decode_responses=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def _processes(environment, _schema, _build, _queue, tmp_path_factory) -> Iterator[str]:
    """The web and the worker process; gives the site's address."""
    site = f"http://127.0.0.1:{free_port()}"
    arguments = _queue.connection_pool.connection_kwargs
    env = environment | {
        "PATH": os.environ["PATH"],
        "PORT": site.rpartition(":")[2],
        "PUBLIC_URL": site,
        "REDIS_URL": f"redis://:{arguments['password']}@127.0.0.1:{arguments['port']}/1",
        "RATELIMIT_ENABLED": "0",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "8",
    }
    started, folder = [], tmp_path_factory.mktemp("processes")
    for command in (["gunicorn", "wsgi:app"], ["asyncops.cli", "worker"]):
        with (folder / f"{command[-1]}.log").open("wb") as log:
            started.append(
                spawn([sys.executable, "-m", *command], death_signal=signal.SIGKILL, env=env, cwd=ROOT, stdout=log)
            )
    eventually(lambda: _answers(site), f"an answer of the site; the logs are in {folder}")
    eventually(lambda: _queue.smembers("rq:workers"), f"the worker; the logs are in {folder}")
    yield site
    for process in started:
        signal_group(process, signal.SIGKILL)
        process.wait()


def _answers(site: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{site}/readyz", timeout=5).ok
    return False


@pytest.fixture
def site(_processes, _queue, _cleaner, _clean) -> Iterator[str]:
    """The address of the running application, such as http://127.0.0.1:1234."""
    yield _processes

    def is_quiet() -> bool:
        waiting = sum(_queue.llen(f"rq:queue:{name}") for name in QUEUES)
        at_work = [_queue.hget(key, "state") for key in _queue.smembers("rq:workers")]
        in_hand = _cleaner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state <> 'idle' AND pid <> pg_backend_pid()"
        ).fetchone()
        return not waiting and "busy" not in at_work and in_hand == (0,)

    eventually(is_quiet, "the end of requests and jobs that the test caused")


class Api:
    """What a person does without a browser: `api(max).post("/incidents", title=...)` gives the answer's JSON."""

    def __init__(self, site: str, email: str) -> None:
        self._site = f"{site}/api"
        self._session = requests.Session()
        answer = self.post("/auth/login", email=email, password=PASSWORD)
        self.cookies = dict(self._session.cookies)
        self._session.cookies.clear()
        self._session.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def get(self, path: str, **query: Any) -> Any:
        return self._answer(self._session.get(self._site + path, params=query, timeout=30))

    def post(self, path: str, **body: Any) -> Any:
        return self._answer(self._session.post(self._site + path, json=body, timeout=30))

    def patch(self, path: str, **body: Any) -> Any:
        return self._answer(self._session.patch(self._site + path, json=body, timeout=30))

    def put(self, path: str, **body: Any) -> Any:
        return self._answer(self._session.put(self._site + path, json=body, timeout=30))

    def delete(self, path: str) -> Any:
        return self._answer(self._session.delete(self._site + path, timeout=30))

    def _answer(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def api(site) -> Iterator[Callable[[Any], Api]]:
    """Act for an account (`admin`, `member`, `other`, or one of `make_user`) through the API."""
    made: list[Api] = []

    def api(person: Any) -> Api:
        made.append(Api(site, person.email))
        return made[-1]

    yield api
    for client in made:
        client.close()


class Complaints:
    """Console errors, uncaught exceptions and failed requests. What a test provokes, it expects."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Expect at least one that the regular expression finds, and pass over it."""
        self._expected.append(pattern)

    def listen(self, context: BrowserContext) -> None:
        context.on(
            "console",
            lambda message: (
                message.type == "error" and self.heard.append(f"console: {message.text} ({message.location['url']})")
            ),
        )
        context.on("weberror", lambda error: self.heard.append(f"exception: {error.error}"))
        context.on("requestfailed", lambda request: self._failed(request.method, request.url, request.failure))

    def _failed(self, method: str, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # somebody went on before the answer was there
            self.heard.append(f"request: {method} {url}: {why}")

    def settle(self) -> None:
        """Fail for what was not expected, and for what was and did not come."""
        unexpected = [text for text in self.heard if not any(re.search(found, text) for found in self._expected)]
        missing = [found for found in self._expected if not any(re.search(found, text) for text in self.heard)]
        assert not unexpected, "The pages complained:\n" + "\n".join(unexpected)
        assert not missing, f"Expected complaints did not come: {missing}"


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def enter(request, site, api, chromium, complaints, tmp_path) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own: `enter(person)` is signed in, `enter()` is not. Gives its page, still empty.

    `size` is "desktop" or "phone", `theme` is "light" or "dark". `page.goto("/incidents")` leads into the application.
    """
    contexts: list[BrowserContext] = []

    def enter(person: Any = None, size: str = "desktop", theme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport=SIZES[size],
            has_touch=size == "phone",
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        complaints.listen(context)
        if person is not None:
            cookies = api(person).cookies
            context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        return context.new_page()

    yield enter
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(page for context in contexts for page in context.pages):
            with suppress(PlaywrightError):
                page.screenshot(path=tmp_path / f"page-{number}.png")
                sys.stderr.write(f"{page.url} looked like {tmp_path / f'page-{number}.png'}\n")
    for context in contexts:
        context.close()
    complaints.settle()


@pytest.fixture
def check() -> Callable[[Page], None]:
    """Fail for what axe-core finds on the page as it is now, and for a page that is wider than its screen."""

    def check(page: Page) -> None:
        found = findings(page)
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check


@pytest.fixture
def letter(mails) -> Callable[[str], str]:
    """Wait for the mail to an address, and give its text."""

    def letter(address: str) -> str:
        def arrived() -> str | None:
            texts = [mail.get_body(("plain",)).get_content() for mail in mails() if address in str(mail["To"])]
            return texts[-1] if texts else None

        text: str = eventually(arrived, f"a mail to {address}")
        return text

    return letter
