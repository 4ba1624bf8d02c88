"""A lake with a few patients; the pages' own frames without any lake are in records.py."""

import pytest

from tests.dash_app import browsing
from tests.dash_app.ledger import Ledger
from tests.dash_app.records import Records
from warehouse import Lake, Settings


@pytest.fixture(scope="session")
def emptied_lake(tmp_path_factory) -> Lake:
    """One lake for many tests: making one takes longer than asking it."""
    return Lake.create(Settings(var=tmp_path_factory.mktemp("var")))


@pytest.fixture
def records(emptied_lake):
    """Rows to put into the lake; gone after the test."""
    records = Records(emptied_lake)
    yield records
    records.wipe()


@pytest.fixture
def ledger(emptied_lake):
    """Batches to put into the lake; gone after the test."""
    ledger = Ledger(emptied_lake)
    yield ledger
    ledger.wipe()


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    with browsing.window(browser) as page:
        yield page
