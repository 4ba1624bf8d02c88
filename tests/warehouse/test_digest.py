"""Equal rows, equal digest; any other row, another digest."""

import pytest

from tests.conftest import undone
from warehouse import schema
from warehouse.digest import digest, digests


@pytest.fixture
def digest_of(empty_lake):
    """The digest of `clinical.device` if it held these rows (device, source, batch number)."""

    def find(*rows) -> str:
        with undone(empty_lake) as con:
            for row in rows:
                con.execute(
                    "INSERT INTO clinical.device (device_id, source, batch_no) VALUES (?, ?, ?)",
                    row,
                )
            found = digest(con, "clinical.device")
        return found

    return find


ONE, TWO = (1, "monitor", 1), (2, "monitor", 1)


def test_order_does_not_matter(digest_of):
    assert digest_of(ONE, TWO) == digest_of(TWO, ONE)


def test_the_order_of_work_does_not_matter(digest_of):
    assert digest_of(ONE) == digest_of((1, "monitor", 99))


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (ONE,),
        (ONE, ONE, TWO),
        (ONE, (2, "other", 1)),
        (ONE, (3, "monitor", 1)),
        ((2, "monitor", 1), (2, "monitor", 1)),
    ],
)
def test_other_rows_have_another_digest(digest_of, rows):
    assert digest_of(*rows) != digest_of(ONE, TWO)


def test_every_table_has_a_digest(empty_lake):
    with empty_lake.read() as con:
        found = digests(con)
        assert set(found) == {f"{s}.{t}" for s in schema.SCHEMAS for t in schema.tables(s)}
        assert list(digests(con, ["alert"])) == ["alert.alert", "alert.transition"]
