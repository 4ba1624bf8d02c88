import pytest

from warehouse.errors import NotSetUp
from warehouse.keys import Keys

KEYS = Keys(bytes(range(32)))


def test_a_pseudonym_is_the_same_every_time_and_fits_63_bits():
    found = KEYS.identifier("patient", "mimic-iv", "10000032")
    assert found == KEYS.identifier("patient", "mimic-iv", "10000032")
    assert 0 <= found < 2**63


@pytest.mark.parametrize(
    "other",
    [
        ("encounter", "mimic-iv", "1"),
        ("patient", "fhir", "1"),
        ("patient", "mimic-iv", "2"),
    ],
)
def test_kind_source_and_native_id_each_tell_apart(other):
    assert KEYS.identifier(*other) != KEYS.identifier("patient", "mimic-iv", "1")


@pytest.mark.parametrize(
    "code", ["220045", "8867-4", "MDC_RESP_RATE", "NA", "mg/dL", "mm[Hg]", "bpm", "°F", "%"]
)
def test_codes_and_units_stand_in_clear(code):
    assert KEYS.veil(code) == code


@pytest.mark.parametrize(
    "text",
    [
        *("Zebedee Quartermain", "Quartermain", "told the nurse 3/4 of it"),
        *("1985-04-12", "1985-04-12T08", "1985-04-12/3"),
    ],
)
def test_any_other_text_is_veiled_and_can_be_unveiled(text):
    assert text not in KEYS.veil(text)
    assert KEYS.unveil(KEYS.veil(text)) == text


def test_another_key_gives_other_pseudonyms():
    other = Keys(bytes(32)).identifier("patient", "mimic-iv", "1")
    assert other != KEYS.identifier("patient", "mimic-iv", "1")


def test_what_is_encrypted_can_be_read_back_and_is_not_in_clear():
    data = KEYS.encrypt("Ann Example")
    assert b"Ann" not in data
    assert KEYS.decrypt(data) == "Ann Example"


def test_equal_texts_give_equal_bytes_so_that_a_rebuild_is_equal():
    assert KEYS.encrypt("a") == KEYS.encrypt("a") != KEYS.encrypt("b")


def test_missing_stays_missing():
    assert KEYS.encrypt(None) is None
    assert KEYS.decrypt(None) is None


def test_the_wrong_key_fails_closed():
    with pytest.raises(NotSetUp, match="key file"):
        Keys(bytes(32)).decrypt(KEYS.encrypt("a"))


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Keys.make(tmp_path / "key").sub_key("x")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(NotSetUp, match="chmod 600"):
        Keys.load(tmp_path / "key")


def test_a_short_key_is_refused(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(NotSetUp, match="5 bytes"):
        Keys.load(tmp_path / "key")


def test_making_the_key_again_keeps_it(tmp_path):
    first = Keys.make(tmp_path / "key").sub_key("x")
    assert Keys.make(tmp_path / "key").sub_key("x") == first
