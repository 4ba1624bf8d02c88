import gzip

import pandas as pd
import pytest

from jobs.ingest import unpack
from jobs.ingest.hl7v2.encoding import encoding, iso_time
from jobs.ingest.hl7v2.messages import pieces
from tests.ingest.conftest import at
from tests.ingest.hl7 import header, message, obr, obx, pid, pv1, result
from warehouse.errors import ContractBroken

OWN = encoding("|", "^~\\&")


def values(found) -> list:
    return found.accepted["observation"].sort_values(["line", "part"])["value"].tolist()


def test_a_result_becomes_a_row_with_both_its_times(judged_hl7):
    row = judged_hl7(result()).accepted["observation"].iloc[0]
    assert (row["concept"], row["value"], row["unit"]) == ("heart_rate", 72, "/min")
    assert row["time"] == at("2026-03-01T08:00")
    assert row["arrived"] == at("2026-03-01T08:05")


def test_a_result_has_its_own_time_before_that_of_its_order(judged_hl7):
    found = judged_hl7(result(obx(time="20260301075900"))).accepted["observation"]
    assert found["time"].iloc[0] == at("2026-03-01T07:59")


def test_the_offset_of_the_header_holds_for_times_without_one(judged_hl7):
    found = judged_hl7(result(sent="20260301090500+0100")).accepted["observation"].iloc[0]
    assert found["time"] == at("2026-03-01T07:00")
    assert found["arrived"] == at("2026-03-01T08:05")


@pytest.mark.parametrize(
    "text, zone, expected",
    [
        ("20260301", "", "2026-03-01"),
        ("20260301", "+0100", "2026-03-01T00:00:00+01:00"),
        ("2026030108", "", "2026-03-01T08:00:00"),
        ("202603010815", "", "2026-03-01T08:15:00"),
        ("20260301081530.25", "", "2026-03-01T08:15:30.25"),
        ("20260301081530.1234567-0500", "+0100", "2026-03-01T08:15:30.123456-05:00"),
        ("202603", "", "202603"),
        ("yesterday", "", "yesterday"),
    ],
)
def test_times_are_rewritten_to_iso_8601(text, zone, expected):
    assert iso_time(text, zone) == expected


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_segments_may_end_in_any_way(judged_hl7, end):
    one = result().replace("\r", end)
    other = result(obx(value="80"), id="M2").replace("\r", end)
    assert values(judged_hl7(one, other)) == [72, 80]


def test_batch_wrappers_and_mllp_frames_are_taken_off(judged_hl7):
    found = judged_hl7(
        "FHS|^~\\&|MON\rBHS|^~\\&|MON\r\x0b", result(), "\x1c\r\x0b", result(obx(value="80")),
        "\x1c\r", "BTS|2\rFTS|1\r",
    )  # fmt: skip
    assert values(found) == [72, 80]
    assert found.refused.empty


def test_a_torn_frame_gives_its_patient_nothing_of_the_next(judged_hl7):
    torn, whole = result(), message(header(id="M2"), pid("p2"), obr("F2"), obx(value="80"))
    found = judged_hl7("\x0b", torn[: torn.index("|8867")], "\x0b", whole, "\x1c\r").accepted
    (own,) = found["observation"].loc[found["observation"]["value"] == 80, "patient_id"]
    assert own == found["patient"]["patient_id"].iloc[1]


def test_a_text_broken_by_a_vertical_tab_goes_on(judged_hl7, judges):
    found = judged_hl7(result(obx("X^Remark^L", "calm\x0bawake", "", "ST")))
    (hidden,) = found.accepted["observation"]["source_text"]
    assert judges.keys.decrypt(hidden) == "calm awake"


def test_a_name_that_contains_msh_does_not_split_a_message(judged_hl7):
    for name in ("MSH^Jane", "Doe^MSH|", "\nMSH Jane"):
        one = message(header(), pid(name=name), pv1(), obr(), obx(), obx(value="80", sub_id="2"))
        found = judged_hl7(one)
        assert values(found) == [72, 80]
        assert found.refused.empty


def test_a_line_that_begins_no_segment_belongs_to_the_one_before(judged_hl7):
    broken = obx(code="8867-4^Heart\nrate^LN")
    found = judged_hl7(result(broken, obx(value="80", sub_id="2")), result(id="M2"))
    assert values(found) == [72, 80, 72]
    assert found.accepted["observation"]["line"].tolist() == [1, 1, 8]


def test_other_delimiters_are_those_of_the_header(judged_hl7):
    strange = result(obx(value="60~64")).translate(str.maketrans("|^~\\&", "#*%$@"))
    found = judged_hl7(strange, result())
    assert values(found) == [60, 64, 72]
    assert found.accepted["observation"]["line"].tolist() == [1, 1, 6]


@pytest.mark.parametrize(
    "text, expected",
    [
        (r"A\T\E", "A&E"),
        (r"\F\\S\\R\\E\ ", "|^~\\ "),
        (r"caf\XC3A9\ ", "café "),
        (r"one\.br\two", "one\ntwo"),
        (r"\H\bold\N\ ", "bold "),
        (r"C:\temp", r"C:\temp"),
        ('""', ""),
    ],
)
def test_escapes_are_undone(text, expected):
    assert OWN.plain(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("8867-4^Heart rate^LN", "8867-4"),
        ("8867-4", "8867-4"),
        ("20260^Albumin^AEL^14957-5^Albumin^LN", "14957-5"),
        ("NA^Sodium^L", "NA^L"),
        ("147842^MDC_ECG_HEART_RATE^MDC", "MDC_ECG_HEART_RATE"),
        ("147842^^MDC", "147842^MDC"),
        ("MDC_ECG_HEART_RATE^^MDC", "MDC_ECG_HEART_RATE"),
        ("^^^99717-5^Accession^L", "99717-5^L"),
    ],
)
def test_the_coding_system_of_a_code_is_honoured(text, expected):
    assert OWN.code(text) == expected


def test_values_are_read_by_their_type(judged_hl7, judges):
    expected = [
        ("NM", "36.6", 36.6),
        ("ST", "NA", "NA"),
        ("SN", "^120", 120.0),
        ("SN", "=^120", 120.0),
        ("SN", "<^5", "<5"),
        ("SN", "^1^:^128", "1:128"),
        ("CWE", "A^Alert^L", "A"),
        ("CE", "^Alert", "Alert"),
        ("TX", r"one~two\T\three", "one\ntwo&three"),
        ("ED", "App^text^Base64^QUJD", None),
    ]
    messages = [
        result(obx(code="X^Any^L", kind=kind, value=value, unit=""), id=f"M{number}")
        for number, (kind, value, _) in enumerate(expected)
    ]
    rows = judged_hl7(*messages).accepted["observation"]
    read = [
        judges.keys.decrypt(text)
        if isinstance(text, bytes)
        else None
        if pd.isna(number)
        else number
        for number, text in zip(rows["source_value"], rows["source_text"], strict=True)
    ]
    assert read == [value for _, _, value in expected]


def test_monitor_and_laboratory_codes_become_concepts(judged_hl7):
    expected = [
        (
            "147842^MDC_ECG_HEART_RATE^MDC",
            "264864^MDC_DIM_BEAT_PER_MIN^MDC",
            "72",
            "heart_rate",
            72,
        ),
        ("147842^^MDC", "{beats}/min^^UCUM", "72", "heart_rate", 72),
        ("150456^MDC_PULS_OXIM_SAT_O2^MDC", "262688^MDC_DIM_PERCENT^MDC", "97", "spo2", 97),
        ("150344^MDC_TEMP^MDC", "266560^MDC_DIM_FAHR^MDC", "98.6", "temperature", 37),
        ("8480-6^Systolic^LN", "mm[Hg]^mmHg^UCUM", "120", "systolic_bp", 120),
        ("2951-2^Sodium^LN", "mmol/L", "140", "sodium", 140),
    ]
    messages = [
        result(obx(code=code, unit=unit, value=value), id=f"M{number}")
        for number, (code, unit, value, _, _) in enumerate(expected)
    ]
    rows = judged_hl7(*messages).accepted["observation"]
    assert rows["concept"].tolist() == [concept for _, _, _, concept, _ in expected]
    assert rows["value"].tolist() == pytest.approx([value for *_, value in expected])


def test_sodium_is_not_missing_because_its_code_is_na(judged_hl7):
    row = judged_hl7(result(obx(code="NA^Sodium^L", value="140"))).accepted["observation"].iloc[0]
    assert row["source_code"] == "NA^L"
    assert row["source_value"] == 140


def test_a_correction_has_the_id_of_what_it_corrects(judged_hl7):
    corrected = result(obx(value="80", status="C"), id="M2", sent="20260301090000+0000")
    rows = judged_hl7(result(), corrected).accepted["observation"]
    assert rows["observation_id"].nunique() == 1
    assert rows["has_versions"].all()


def test_what_is_taken_back_is_a_version_without_a_value(judged_hl7):
    found = judged_hl7(result(), *(result(obx(status=s), id=f"M{s}") for s in "DWX"))
    assert found.accepted["observation"]["observation_id"].nunique() == 1
    assert values(found)[0] == 72
    assert all(value != value for value in values(found)[1:])


def test_a_pending_result_has_no_value(judged_hl7):
    found = judged_hl7(*(result(obx(value="", status=s), id=f"M{s}") for s in "INO"))
    assert all(value != value for value in values(found))
    assert len(values(found)) == 3
    assert found.refused.empty


def test_the_same_code_again_in_an_order_is_another_value_not_a_version(judged_hl7):
    rows = judged_hl7(result(obx(), obx(value="80"), obx(value="90"))).accepted["observation"]
    assert rows["observation_id"].is_unique
    assert len(rows) == 3


def test_sub_ids_and_orders_tell_values_apart(judged_hl7):
    one = message(
        header(), pid(), obr(), obx(), obx(sub_id="2"), obr(order="F2"), obx(),
        obr(asked="MORE^^L"), obx(),
    )  # fmt: skip
    assert judged_hl7(one).accepted["observation"]["observation_id"].is_unique


def test_a_monitor_that_reuses_its_order_number_does_not_correct_itself(judged_hl7):
    code = "147842^MDC_ECG_HEART_RATE^MDC"
    feed = [result(obx(code=code, time=f"2026030108000{n}"), id=f"M{n}") for n in range(3)]
    assert judged_hl7(*feed).accepted["observation"]["observation_id"].nunique() == 3


def test_an_order_without_a_number_of_its_own_has_that_of_its_orc(judged_hl7):
    def numbered(orc: str, value: str) -> str:
        return message(header(), pid(), orc, "OBR|1||^Lab|X^^L|||20260301080000", obx(value=value))

    rows = judged_hl7(
        numbered("ORC|RE||F7", "72"), numbered("ORC|RE||F7", "80"), numbered("ORC|RE|P7", "90")
    ).accepted["observation"]
    assert rows["has_native_id"].all()
    assert rows["observation_id"].nunique() == 2


def test_a_result_without_any_order_number_is_known_by_its_content(judged_hl7):
    one = message(header(), pid(), obr(order=""), obx())
    rows = judged_hl7(one, one).accepted["observation"]
    assert not rows["has_native_id"].any()
    assert rows["observation_id"].nunique() == 1


def test_the_device_and_the_stay_of_a_reading_are_kept(judged_hl7):
    found = judged_hl7(result(obx(device="MON7^^0012210000000ABC^EUI-64")))
    assert set(found.identities["kind"]) == {"patient", "encounter", "device"}
    assert "MON7^0012210000000ABC" not in found.identities["native_id"].tolist()
    assert found.accepted["observation"]["device_id"].notna().all()


def test_a_bad_value_does_not_take_its_neighbours_with_it(judged_hl7):
    found = judged_hl7(result(obx(value="7200"), obx(value="80", sub_id="2")))
    assert values(found) == [80]
    assert found.refused["rules"].tolist() == ["value_not_too_high"]


def test_a_message_of_a_type_that_is_not_read_is_set_aside_whole(judged_hl7):
    found = judged_hl7(
        result(), message(header("SIU^S12"), pid()), "MSH|no|such\r", result(id="M3")
    )
    assert len(found.accepted["observation"]) == 2
    assert found.refused["rules"].tolist() == ["row_readable", "row_readable"]
    assert found.refused["line"].tolist() == [6, 8]


def test_text_before_the_first_message_is_set_aside(judged_hl7):
    found = judged_hl7("Export of ward 4B\r", result())
    assert found.refused["line"].tolist() == [1]
    assert found.accepted["observation"]["line"].tolist() == [2]


@pytest.mark.parametrize("content", ["", "hello", "PID|1||p1\r", "MSH without delimiters\r"])
def test_a_file_without_any_message_is_refused(judged_hl7, content):
    with pytest.raises(ContractBroken, match="no HL7 v2 message"):
        judged_hl7(content)


def test_a_gzip_bomb_is_refused(judged, monkeypatch):
    monkeypatch.setattr(unpack, "FREE_BYTES", 1000)
    content = gzip.compress(result().encode() + b"\r" * 1_000_000)
    with pytest.raises(ContractBroken, match="less packed"):
        judged("hl7v2", "feed.hl7.gz", content)


def test_a_gzip_that_is_cut_short_is_refused(judged):
    with pytest.raises(ContractBroken, match="cannot be read to its end"):
        judged("hl7v2", "feed.hl7.gz", gzip.compress(result().encode() * 100)[:-20])


def test_latin_1_is_read_where_a_message_is_not_utf_8(judged):
    feed = result(obx(unit="µmol/L")).encode("latin-1") + result(obx(unit="µmol/L")).encode()
    rows = judged("hl7v2", "feed.hl7", feed.replace(b"8867-4", b"2160-0"))
    assert rows.refused.empty
    assert rows.accepted["observation"]["source_unit"].tolist() == ["µmol/L", "µmol/L"]


def test_messages_are_not_cut_where_the_file_is_read_in_pieces(tmp_path, monkeypatch):
    path = tmp_path / "feed.hl7"
    path.write_bytes(b"".join(result(id=f"M{n}").encode() for n in range(50)))
    whole = b"".join(pieces(path))
    for size in (7, 64, 1000):
        monkeypatch.setattr("jobs.ingest.hl7v2.messages.PIECE", size)
        assert b"".join(pieces(path)) == whole
        assert all(piece == b"" or piece[:5] in (b"\nMSH|", b"\n") for piece in pieces(path))
