"""What a hostile caller writes into requests: headers, origins, texts that make work."""

import importlib
import pkgutil
import random
import re

import pytest

import asyncops
import modules
from asyncops.fulltext import parse_to_rank
from asyncops.pagination import PageRequest
from asyncops.transaction import unit_of_work
from modules.search.queries import find

PUBLIC = "https://ops.example.org"
LONGEST = 10_000
"""Characters: the longest text of one field."""
SEEDS = [
    "a",
    "A1",
    "0",
    " ",
    "\t",
    "\n",
    ".",
    "a.",
    "-",
    "a-",
    "@",
    "a@",
    "/",
    '"',
    '"v1',
    ":",
    "a:",
    "[",
    "\\",
    "\0",
    "é",
    "_",
]
ENDS = ["", "!", "x", " or", "\n", "@", "\0"]


def patterns():
    """Every compiled pattern of the application, by module and name."""
    found = {}
    for package in (asyncops, modules):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            loaded = importlib.import_module(module.name)
            for name, value in vars(loaded).items():
                if isinstance(value, re.Pattern):
                    found[f"{module.name}.{name}"] = value
    return found


@pytest.mark.parametrize("name", patterns())
def test_no_text_keeps_a_pattern_busy(name):
    """The time limit is a guard against hanging, not a measure."""
    pattern = patterns()[name]
    for seed in SEEDS:
        for end in ENDS:
            text = (seed * LONGEST)[: LONGEST - len(end)] + end
            for match in (pattern.fullmatch, pattern.match):
                match(text)
            pattern.search(text[:1000] + end)
            pattern.sub("", text[:1000] + end)


@pytest.mark.parametrize(
    "email",
    [
        "a" * 900_000,
        "a." * 450_000 + "@b.example",
        "a@" + "a." * 450_000,
        "a@" + "a-" * 450_000 + ".example",
        "a@" + "é." * 200_000 + "example",
        '"' + "\\a" * 200_000 + '"@b.example',
        "@" * 900_000,
        " " * 900_000,
    ],
    ids=lambda email: ascii(email[:4]),
)
def test_no_address_keeps_the_check_of_addresses_busy(client, sign_in, member, email):
    wanted = {"email": email, "password": "correct-horse-1", "full_name": "New"}

    assert client.post("/api/auth/register", json=wanted).status_code == 422
    assert client.post("/api/auth/forgot-password", json=wanted).status_code == 422
    assert client.post("/api/auth/login", json=wanted).status_code == 422
    assert sign_in(member).patch("/api/users/me", json=wanted).status_code == 422


@pytest.mark.parametrize(
    "seed", ["a", " ", '"', "-", "a ", "or ", "\\", "%", "_", "é", "'", "(", "!", ":*", "&", "<", "\ue000"]
)
def test_no_search_fails_or_hangs(sign_in, member, seed):
    text = (seed * 200)[:200]
    client = sign_in(member)

    for path, name in (("/api/search", "q"), ("/api/status", "search"), ("/api/users/for-assignment", "search")):
        assert client.get(path, query_string={name: text}).status_code in {200, 422}


WRITTEN = [
    "-",
    " ",
    '"',
    "a",
    "or",
    "!",
    ":",
    "(",
    ")",
    "|",
    "&",
    "<->",
    "*",
    "'",
    "\\",
    "é",
    "-x",
    "x-",
    "%",
    "\x85-",
    "\u3000-",
]


def test_no_mixture_of_signs_makes_a_search_fail(app):
    choice = random.Random(20261125)
    with app.app_context(), unit_of_work():
        for _ in range(1500):
            some = choice.sample(WRITTEN, choice.choice([2, 3, 5, len(WRITTEN)]))
            text = "".join(choice.choice(some) for _ in range(200))[:200].strip()
            find("incident", parse_to_rank(text), PageRequest())


def test_a_word_with_ornament_is_searched_for(sign_in, member):
    client = sign_in(member)
    client.post("/api/status", json={"title": "Deployed with --force", "content": "It worked - - at last"})

    for text, found in (
        ("--force", 1),
        ("-- force", 1),
        ("deployed -force", 0),
        ("deployed --force", 1),
        ("-" * 200, 0),
    ):
        assert client.get("/api/status", query_string={"search": text}).json["total"] == found, text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Original-Host": "evil.example", "X-Host": "evil.example", "X-Rewrite-URL": "/evil"},
        {"Host": "ops.example.org:1234"},
        {"Host": "localhost:6666"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
    ],
    ids=str,
)
@pytest.mark.parametrize("hops", ["0", "1"])
def test_links_in_mails_lead_to_the_public_address_whatever_a_request_says(
    make_app, headers, hops, member, admin, work, mails, text_of
):
    app = make_app(PUBLIC_URL=PUBLIC, TRUSTED_PROXIES=hops)
    client = app.test_client(use_cookies=False)

    answer = client.post("/api/auth/forgot-password", json={"email": member.email}, headers=headers)
    assert answer.status_code == 202
    work(app)

    (mail,) = mails()
    assert f"{PUBLIC}/reset-password#token=" in text_of(mail)
    assert "evil" not in mail.as_string()
    assert "ops.example.org:1234" not in mail.as_string()


def test_a_foreign_host_gets_no_mail_sent(make_app, member, work, mails):
    app = make_app(PUBLIC_URL=PUBLIC)
    body = {"email": member.email}

    answer = app.test_client().post("/api/auth/forgot-password", json=body, headers={"Host": "evil.example"})
    work(app)

    assert answer.status_code == 400
    assert mails() == []


@pytest.mark.parametrize("turn", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_name_can_not_turn_the_text_around_it(sign_in, client, member, turn):
    assert sign_in(member).patch("/api/users/me", json={"full_name": f"Max{turn}nimdA"}).status_code == 422
    assert sign_in(member).post("/api/status", json={"title": f"Done{turn}", "content": "x"}).status_code == 422
    assert sign_in(member).patch("/api/users/me", json={"full_name": "מקס \u200f(Max)"}).status_code == 200


@pytest.mark.parametrize(
    ("listed", "foreign"),
    [
        (
            "https://app.example.org",
            [
                "https://app.example.org.evil.example",
                "https://evil-app.example.org",
                "https://appXexample.org",
                "http://app.example.org",
                "https://app.example.org:8443",
                "https://evil.app.example.org",
                "null",
            ],
        ),
        ("https://[2001:db8::1]", ["https://d.evil.example", "https://beevil.example", "https://1", "https://8:1"]),
        ("http://[::1]:3000", ["http://1:3000", "http://1:3000.evil.example", "http://1:30001"]),
    ],
)
def test_no_other_origin_passes_for_one_that_is_listed(make_app, listed, foreign):
    client = make_app(CORS_ORIGINS=listed).test_client(use_cookies=False)

    def allowed(origin):
        wish = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        plain, asked = client.get("/api/config", headers=wish), client.options("/api/users/me", headers=wish)
        assert plain.headers.get("Access-Control-Allow-Origin") == asked.headers.get("Access-Control-Allow-Origin")
        return plain.headers.get("Access-Control-Allow-Origin")

    assert allowed(listed) == listed
    assert [allowed(origin) for origin in foreign] == [None] * len(foreign)


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"])
def test_methods_that_nobody_needs_are_refused(client, method):
    for path in ("/api/config", "/api/users/me", "/", "/healthz"):
        assert client.open(path, method=method, headers={"X-Secret": "abc"}).status_code == 405


def test_a_method_can_not_be_overridden(sign_in, member):
    client = sign_in(member)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.post("/api/users/me?_method=PATCH", headers={header: "PATCH"}).status_code == 405
