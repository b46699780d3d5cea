"""GET, PATCH and DELETE /api/status/<id>"""

import threading

import pytest
import time_machine


@pytest.fixture
def author(sign_in, member):
    return sign_in(member)


@pytest.fixture
def posted(author):
    return author.post("/api/status", json={"title": "First", "content": "Text", "tags": ["a"]}).json


@pytest.fixture
def url(posted):
    return f"/api/status/{posted['id']}"


def test_the_author_edits_only_what_is_sent(author, posted, url):
    answer = author.patch(url, json={"title": "Second"})

    assert answer.status_code == 200
    assert answer.json == posted | {"title": "Second", "updated_at": answer.json["updated_at"]}
    assert answer.json["updated_at"] > posted["updated_at"]
    assert answer.headers["ETag"] == '"v2"'


def test_null_clears_the_tags(author, url):
    assert author.patch(url, json={"tags": None}).json["tags"] == []


@pytest.mark.parametrize("field", ["title", "content"])
def test_null_is_refused_where_a_value_must_be(author, posted, url, field):
    answer = author.patch(url, json={field: None})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert author.get(url).json == posted


@pytest.mark.parametrize("body", [{}, {"title": "First", "tags": ["a"]}, {"nonsense": 1}])
def test_an_edit_that_changes_nothing_leaves_no_trace(author, posted, url, body):
    answer = author.patch(url, json=body)

    assert answer.json == posted
    assert answer.headers["ETag"] == '"v1"'


def test_another_person_may_read_but_not_edit(sign_in, other, posted, url):
    client = sign_in(other)

    assert client.get(url).json == posted
    answer = client.patch(url, json={"title": "Mine"})
    assert answer.status_code == 403
    assert answer.json["code"] == "not_the_author"
    assert client.delete(url).status_code == 403
    assert client.get(url).json == posted


def test_not_even_an_administrator_edits_anothers(sign_in, admin, posted, url):
    client = sign_in(admin)

    assert client.patch(url, json={"title": "Mine"}).status_code == 403
    assert client.delete(url).status_code == 403
    assert client.get(url).json == posted


def test_the_author_deletes(author, url):
    answer = author.delete(url)

    assert answer.status_code == 204
    assert answer.data == b""
    assert author.get(url).status_code == 404
    assert author.delete(url).status_code == 404
    assert author.patch(url, json={"title": "x"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 30, "x", "1.5", "%00"])
def test_an_id_that_can_not_be_is_not_found(author, number):
    answer = author.get(f"/api/status/{number}")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_an_unchanged_record_is_not_sent_again(author, url):
    etag = author.get(url).headers["ETag"]

    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = author.get(url, headers={"If-None-Match": given})
        assert (answer.status_code, answer.data) == (304, b"")
    author.patch(url, json={"title": "Second"})
    assert author.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_a_write_with_the_current_etag_goes_through(author, url):
    for etag in ('"v1"', 'W/"v2"', '"v9", "v3"', "*"):
        assert author.patch(url, json={"title": f"for {etag[-3:]}"}, headers={"If-Match": etag}).status_code == 200


@pytest.mark.parametrize("stale", ['"v1"', 'W/"v1"', '"nonsense"', "x"])
def test_a_write_with_a_stale_etag_shows_the_record_as_it_is(author, url, stale):
    current = author.patch(url, json={"title": "Second"}).json

    answer = author.patch(url, json={"title": "Third"}, headers={"If-Match": stale})

    assert answer.status_code == 412
    assert answer.json["current"] == current
    assert author.delete(url, headers={"If-Match": stale}).json["current"] == current
    assert author.get(url).json == current


def test_of_two_edits_of_one_version_at_once_one_wins(app, author, url):
    token = author.environ_base["HTTP_AUTHORIZATION"]
    statuses = []
    barrier = threading.Barrier(4)

    def edit(number):
        client = app.test_client(use_cookies=False)
        barrier.wait()
        answer = client.patch(
            url, json={"title": f"Title {number}"}, headers={"If-Match": '"v1"', "Authorization": token}
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 412, 412, 412]
    assert author.get(url).headers["ETag"] == '"v2"'


def test_a_body_that_is_not_json_changes_nothing(author, posted, url):
    assert author.patch(url, data="title=x", content_type="text/plain").status_code == 415
    assert author.patch(url, data="{", content_type="application/json").status_code == 400
    assert author.patch(url, data="[]", content_type="application/json").status_code == 422
    assert author.get(url).json == posted


def test_a_trailing_slash_makes_no_difference(author, posted, url):
    assert author.get(f"{url}/").json == posted


def test_an_edit_keeps_the_time_of_posting(sign_in, member):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        client = sign_in(member)
        posted = client.post("/api/status", json={"title": "t", "content": "c"}).json
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        edited = client.patch(f"/api/status/{posted['id']}", json={"title": "u"}).json

    assert posted["created_at"] == edited["created_at"] == "2026-03-02T09:00:00.000000Z"
    assert edited["updated_at"] == "2026-03-02T10:00:00.000000Z"
