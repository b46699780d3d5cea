"""What people write comes back exactly as sent, and as HTML nowhere."""

import pytest

RIGHT_TO_LEFT = "\u202b\u05e2\u05d1\u05e8\u05d9\u05ea\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629"
TEXTS = [
    "  # Title \r\n\r\n\t- [ ] **bold** `code`\n\n> quote  \n",
    "Привет 👋🏽 👨‍👩‍👧 e\u0301 \u200b" + RIGHT_TO_LEFT,
    '<script>alert("1")</script> <b>&amp;&lt;</b> {{7*7}} ${x} %s \\0 --',
]
FIELDS = {  # the Markdown fields of what can be created, with their limits
    "status": {"content": 10_000},
    "incidents": {"description": 5_000},
    "blockers": {"description": 2_000, "impact": 1_000},
    "decisions": {"description": 5_000, "context": 5_000, "outcome": 5_000},
}
TITLED = {"title": "t", "decision_date": "2026-03-02"}


@pytest.fixture
def author(sign_in, admin):
    return sign_in(admin)


@pytest.mark.parametrize("collection", FIELDS)
@pytest.mark.parametrize("text", [*TEXTS, "longest"], ids=["markdown", "unicode", "markup", "longest"])
def test_markdown_comes_back_exactly_as_sent(author, collection, text):
    sent = {
        field: ("ü🚲" * maximum)[:maximum] if text == "longest" else text
        for field, maximum in FIELDS[collection].items()
    }
    made = author.post(f"/api/{collection}", json=TITLED | sent)
    url = f"/api/{collection}/{made.json['id']}"
    author.patch(url, json=dict.fromkeys(sent, "in between"))
    edited = author.patch(url, json=sent)
    (listed,) = author.get(f"/api/{collection}").json["items"]

    for answer in (made.json, author.get(url).json, edited.json, listed):
        assert {field: answer[field] for field in sent} == sent


@pytest.mark.parametrize(
    ("create", "finish", "body"),
    [
        ({"title": "t", "description": "d"}, "/api/incidents/{}/status", {"status": "resolved"}),
        ({"description": "d", "impact": "i"}, "/api/blockers/{}/resolve", {}),
    ],
    ids=["incidents", "blockers"],
)
@pytest.mark.parametrize("text", TEXTS)
def test_resolution_notes_too(author, create, finish, body, text):
    record_id = author.post(finish.split("/{}", 1)[0], json=create).json["id"]

    answer = author.patch(finish.format(record_id), json=body | {"resolution_notes": text})

    assert answer.json["resolution_notes"] == text


def test_no_field_brings_html_into_a_summary(author):
    evil = "<script>alert(1)</script>"
    for collection, fields in FIELDS.items():
        answer = author.post(f"/api/{collection}", json=TITLED | {"title": evil} | dict.fromkeys(fields, evil))
        assert answer.status_code == 201

    summary = author.post("/api/summaries/generate").json

    assert summary["markdown"].count("script") == 2 * len(FIELDS) + 2  # the incident stands open and was opened today
    assert "<" not in summary["markdown"].replace("\\<", "")
