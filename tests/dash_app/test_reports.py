"""Finished pages are served by their names, and nothing else is."""

import pytest

from expectations import docs
from tests.dash_app.asking import client_of


@pytest.fixture
def client(lake):
    for path in ("docs/index.html", "docs/batches/ab.html", "reports/validation-2026-03.html"):
        file = lake.settings.var / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"the page {path}")
    (lake.settings.var / "docs" / "digests.json").write_text("{}")
    (lake.settings.var / "docs" / ".hidden.html").write_text("hidden")
    return client_of(lake.settings)


@pytest.mark.parametrize(
    "page", ["docs/index.html", "docs/batches/ab.html", "reports/validation-2026-03.html"]
)
def test_a_finished_page_is_served(client, page):
    answer = client.get(f"/{page}")
    assert answer.text == f"the page {page}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_folder_of_the_data_docs_leads_to_their_index(client):
    assert client.get("/docs/").headers["Location"] == "/docs/index.html"


@pytest.mark.parametrize(
    "address",
    [
        "/docs/digests.json",
        "/docs/.hidden.html",
        "/docs/../keys/wardtwin.key",
        "/docs/%2e%2e/keys/wardtwin.key",
        "/docs/..%2f..%2fetc/passwd.html",
        "/docs//etc/passwd.html",
        "/reports/../docs/index.html/..",
        "/docs/batches/none.html",
    ],
)
def test_nothing_else_is_served(client, address):
    answer = client.get(address)
    assert answer.status_code in (301, 302, 308, 404) or "<title>Wardtwin</title>" in answer.text


def test_a_link_out_of_the_folder_is_not_followed(client, lake):
    secret = lake.settings.var / "secret.html"
    secret.write_text("secret")
    (lake.settings.var / "docs" / "link.html").symlink_to(secret)
    (lake.settings.var / "docs" / "out").symlink_to(lake.settings.var)
    for page in ("link", "out/secret", "a" * 5000, "a%00"):
        assert "secret" not in client.get(f"/docs/{page}.html").text
    assert client.get("/docs/link.html").status_code == 404


def test_the_address_of_a_batchs_data_docs_is_one_that_is_served(client, lake):
    base = lake.settings.pages_url
    assert client.get(docs.address(lake.settings, "ab").removeprefix(base)).status_code == 200


def test_the_address_is_the_one_under_which_people_reach_the_pages(settings):
    behind = settings.model_copy(update={"pages": "https://ward.example/"})
    assert docs.address(behind, "ab") == "https://ward.example/docs/batches/ab.html"
