"""docs/security.md claims what is so: every requirement once, and every test and file that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from modules.identity.policy import COMMON_PASSWORDS, MIN_PASSWORD_CHARACTERS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text("utf-8")
# ASVS 5.0.0, levels 1 and 2: section and the numbers of its requirements.
REQUIRED = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (met|n/a|gap) \| ([^|]*) ?\|$", re.MULTILINE)
GAP = re.compile(r"^- \*\*([\d., ]+)\*\*: (.+)$", re.MULTILINE)


def required():
    for part in REQUIRED.split():
        section, numbers = part.split(":")
        first, _, last = numbers.partition("-")
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return {node.name for body in bodies for node in body if isinstance(node, ast.FunctionDef)}


def named():
    return re.findall(r"`([\w./-]+\.\w+)::(\w+)`", DOCUMENT)


def test_every_requirement_of_both_levels_stands_there_once():
    wanted = list(required())

    assert len(wanted) == 70 + 183  # as the standard counts its levels 1 and 2
    assert [row[0] for row in ROW.findall(DOCUMENT)] == wanted
    assert len(re.findall(r"^\| \d+\.", DOCUMENT, re.MULTILINE)) == len(wanted)  # no row has another form


def test_every_test_that_is_named_exists():
    assert len(named()) > 150
    for path, name in named():
        assert (ROOT / path).is_file(), path
        assert name in names_in(path), f"{path}::{name}"


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:\w|\.github)[\w.-]*/[\w./-]+\.\w+)`", DOCUMENT))))
def test_every_file_that_is_named_exists(name):
    if name != "5.0/docs_en/OWASP_Application_Security_Verification_Standard_5.0.0_en.csv":
        assert (ROOT / name).is_file()


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", DOCUMENT)

    assert links
    for link in links:
        assert (ROOT / "docs" / link).exists(), link


def test_what_is_met_is_shown_and_what_is_not_has_its_reason():
    rows = {number: (state, shown) for number, _, state, shown in ROW.findall(DOCUMENT)}
    gaps = [number for numbers, _ in GAP.findall(DOCUMENT) for number in numbers.split(", ")]

    assert sorted(gaps) == sorted(number for number, (state, _) in rows.items() if state == "gap")
    for number, (state, shown) in rows.items():
        assert state != "met" or "`" in shown, number
        assert state != "n/a" or shown.strip() or number.startswith(("10.", "17.")), number


def test_enough_common_passwords_are_known():
    fit = [
        one
        for one in COMMON_PASSWORDS
        if len(one) >= MIN_PASSWORD_CHARACTERS and re.search(r"[a-z]", one) and re.search(r"\d", one)
    ]

    assert len(fit) >= 3000
    assert f"{len(fit):,}" in DOCUMENT
