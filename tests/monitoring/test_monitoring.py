"""The alert rules, the dashboard and the documentation ask for metrics that exist, and the rules do what they say."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from asyncops.database_metrics import ERRORS
from asyncops.extensions import redis_client
from asyncops.jobs.scheduling import Scheduler
from asyncops.schedule import ENTRIES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docker" / "monitoring"
ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
RULES = {rule["alert"]: rule for group in ALERTS for rule in group["rules"]}
CASES = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
DOCS = (ROOT / "docs" / "monitoring.md").read_text()
OF_PROMETHEUS = {"up": {"job", "instance"}}
ADDED_BY_PROMETHEUS = {"job", "instance"}


def promtool(*arguments):
    """Run it in the folder of the rules; gives what it said if all is well."""
    found = shutil.which("promtool") or shutil.which("promtool", path=str(Path(sys.executable).parent))
    assert found, "promtool is missing: run `make promtool`, which gets it where apt is, or says what to do"
    ended = subprocess.run([found, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def queries():
    """Every query, with where it stands; Grafana's variables are put in as Grafana would."""
    found = [(name, rule["expr"]) for name, rule in RULES.items()]
    for panel in DASHBOARD["panels"]:
        found += [(panel["title"], target["expr"]) for target in panel.get("targets", [])]
    return [(where, query.replace("$__rate_interval", "1m").replace("$job", "asyncops")) for where, query in found]


def selectors(query):
    """The metrics a query selects, with the labels it selects them by; and the labels it groups by."""

    def walk(node):
        if isinstance(node, promql_parser.VectorSelector):
            selected.append((node.name, {matcher.name for matcher in node.matchers.matchers}))
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            grouped.update(node.modifier.labels)
        for part in ("expr", "lhs", "rhs", "vector_selector", "vs", "param"):
            inner = getattr(node, part, None)
            if isinstance(inner, promql_parser.Expr):
                walk(inner)
        for inner in getattr(node, "args", []) or []:
            walk(inner)

    selected, grouped = [], set()
    walk(promql_parser.parse(query))
    return selected, grouped


@pytest.fixture
def exposed(client, app, sign_in, member, make_app, servers, monkeypatch):
    """The labels of each sample that /metrics tells, after a request, a failed statement and a look at the clock."""
    monkeypatch.setattr("asyncops.http.metrics.ANSWER_WITHIN_SECONDS", 30)  # a busy machine leaves nothing out
    me = sign_in(member)
    me.get("/api/incidents")
    replicated = make_app(DATABASE_REPLICA_URL=servers.database_url)  # a server that follows nobody: it is not used
    replicated.test_client().get("/api/activity", headers={"Authorization": me.environ_base["HTTP_AUTHORIZATION"]})
    with app.app_context():
        ERRORS.labels("UniqueViolation")
        Scheduler(ENTRIES, redis_client()).reconcile()
    names = {}
    for family in text_string_to_metric_families(replicated.test_client().get("/metrics").text):
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    return names | {"asyncops_replica_lag_seconds": set()}  # told of a real one: tests/database


def test_the_rules_do_what_their_cases_say():
    assert f"{len(RULES)} rules found" in promtool("check", "rules", "alerts.yml")
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")


def test_the_sample_configuration_is_one_that_prometheus_takes():
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml")


@pytest.mark.parametrize("alert", RULES)
def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(alert):
    looks = [look for case in CASES for look in case["alert_rule_test"] if look["alertname"] == alert]

    assert any(look["exp_alerts"] for look in looks)
    assert any(not look["exp_alerts"] for look in looks)


@pytest.mark.parametrize(("where", "query"), queries(), ids=lambda value: value[:40])
def test_each_query_asks_for_what_there_is(where, query, exposed):
    selected, grouped = selectors(query)
    known = exposed | OF_PROMETHEUS

    assert selected
    for name, labels in selected:
        assert name in known, f"{where} asks for {name}, which nothing tells"
        assert labels <= known[name] | ADDED_BY_PROMETHEUS, f"{where} selects {name} by {labels}"
    there = set().union(*(known[name] for name, _ in selected))
    assert grouped <= there | ADDED_BY_PROMETHEUS, f"{where} groups by {grouped}"


def test_a_query_for_what_there_is_not_would_be_found():
    selected, grouped = selectors(
        'histogram_quantile(0.95, sum by (le) (rate(a_bucket{b="1"}[5m]))) > 0.5 or max(-c offset 5m) unless (d)'
    )

    assert selected == [("a_bucket", {"b"}), ("c", set()), ("d", set())]
    assert grouped == {"le"}


def test_the_documentation_names_every_metric_and_no_other(exposed):
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed}
    documented = set(re.findall(r"^\| `(asyncops_\w+)` \|", DOCS, re.MULTILINE))

    assert documented == families


def test_the_documentation_says_of_every_alert_what_to_do():
    documented = re.findall(r"^### (AsyncOps\w+)$", DOCS, re.MULTILINE)

    assert documented == list(RULES)


def test_the_panels_of_the_dashboard_stand_beside_each_other():
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
