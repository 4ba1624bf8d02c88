"""What a hospital may send by mistake: each has its treatment, its rule and its words."""

import gzip

import pytest

from tests.ingest.conftest import LAB_HEADER, lab, lab_file, ndjson, observation
from warehouse.errors import ContractBroken

GOOD = [lab(result_id=f"r{n}", collected=f"2026-03-01 08:{n:02}:00") for n in range(10)]


def rules(judged) -> list[str]:
    return list(judged.refused["rules"])


@pytest.mark.parametrize(
    "given, rule",
    [
        ({"result": "500"}, "value_not_too_high"),
        ({"result": "-1"}, "value_not_too_low"),
        ({"unit": "stones"}, "unit_known"),
        ({"result": ""}, "value_readable"),
        ({"result": "haemolysed"}, "value_readable"),
        ({"result": "nan"}, "value_readable"),
        ({"result": "inf"}, "value_readable"),
        ({"patient_id": ""}, "patient_present"),
        ({"test": ""}, "code_present"),
        ({"collected": ""}, "time_readable"),
        ({"collected": "yesterday"}, "time_readable"),
        ({"collected": "infinity"}, "time_readable"),
        ({"collected": "-infinity"}, "time_readable"),
        ({"collected": "epoch"}, "time_readable"),
        ({"collected": "20260-01-01 00:00:00"}, "time_readable"),
        ({"resulted": "not a time"}, "arrived_readable"),
        ({"resulted": "infinity"}, "arrived_readable"),
        ({"collected": "2026-03-01 23:00:00"}, "time_not_in_future"),
    ],
)
def test_a_bad_row_is_refused_by_its_rule_and_the_others_go_on(judged_lab, given, rule):
    found = judged_lab(*GOOD, lab(result_id="bad", **given))
    assert len(found.accepted["observation"]) == len(GOOD)
    assert rules(found)[0].split(",")[0] == rule.split(",")[0]
    assert found.read == len(GOOD) + 1


def test_abnormal_is_kept(judged_lab):
    assert len(judged_lab(lab(result="112")).accepted["observation"]) == 1


def test_an_unknown_code_is_accepted_and_has_no_concept(judged_lab):
    row = judged_lab(lab(test="XYZ", result="free text")).accepted["observation"].iloc[0]
    assert (row["concept"] != row["concept"], row["source_code"]) == (True, "XYZ")


def test_a_time_without_a_zone_is_refused_where_the_source_names_none(judged):
    header = "device_id,patient,time,code,value,unit"
    content = f"{header}\nm1,p1,2026-03-01 08:00:00,MDC_TEMP_BODY,37,°C\n"
    assert "time_has_zone" in rules(judged("monitor", "m.csv", content))[0]


@pytest.mark.parametrize("line", ["r1,p1,e1", lab() + ",one,too,many", 'r1,p1,"e1', "\0" * 8])
def test_a_line_that_is_no_row_is_refused_alone(judged_lab, line):
    found = judged_lab(*GOOD[:5], line, *GOOD[5:])
    assert rules(found) == ["row_readable"]
    assert list(found.refused["line"]) == [6]
    assert len(found.accepted["observation"]) == len(GOOD)


def test_text_that_is_not_utf_8_is_refused_alone(judged):
    bad = lab(patient_id="José").encode("latin-1")
    content = b"\n".join([LAB_HEADER.encode(), bad, *(row.encode() for row in GOOD)])
    found = judged("demo-lab", "labs.csv", content)
    assert (rules(found), len(found.accepted["observation"])) == (
        ["row_readable"],
        len(GOOD),
    )


def test_a_stray_quote_does_not_swallow_the_rows_after_it(judged_lab):
    found = judged_lab(*GOOD[:3], lab(unit='"mmol/L'), *GOOD[3:6], lab(unit='mmol/L"'), *GOOD[6:])
    assert len(found.accepted["observation"]) == len(GOOD)
    assert rules(found) == ["unit_known", "row_readable"]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_of_any_system_are_read(judged, end):
    content = lab_file(*GOOD).replace("\n", end)
    assert len(judged("demo-lab", "labs.csv", content).accepted["observation"]) == len(GOOD)


def test_a_byte_order_mark_is_passed_over(judged):
    content = "\N{ZERO WIDTH NO-BREAK SPACE}" + lab_file(*GOOD)
    assert len(judged("demo-lab", "labs.csv", content).accepted["observation"]) == len(GOOD)


def test_a_header_alone_is_a_batch_of_no_rows(judged_lab):
    assert judged_lab().read == 0


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("labs.csv", b"", "empty"),
        (
            "labs.csv",
            lab_file(*GOOD).replace("test", "tset"),
            "no column 'test'; columns found: result_id, .*, and 1 not in the YAML",
        ),
        (
            "labs.csv.gz",
            gzip.compress(lab_file(*GOOD * 50).encode())[:-20],
            "to its end",
        ),
        ("labs.csv.gz", b"this is no gzip", "to its end"),
        ("labs.csv", lab_file(*GOOD).encode("utf-16"), "UTF-8"),
    ],
)
def test_a_broken_file_is_refused_whole_and_the_message_says_why(judged, name, content, words):
    with pytest.raises(ContractBroken, match=words):
        judged("demo-lab", name, content)


@pytest.mark.parametrize("cut", [0, 1, 50, -1])
def test_a_truncated_parquet_is_refused_whole(judged, cut):
    with pytest.raises(ContractBroken, match=r"empty|Parquet"):
        judged("demo-monitor", "readings.parquet", b"PAR1 and then some bytes PAR1"[:cut])


@pytest.mark.parametrize(
    "line",
    ["not json", "{", "[1, 2]", "42", "null", '{"resourceType": "Patient", "id": "p"}'],
)
def test_a_line_that_is_no_such_resource_is_refused_alone(judged_fhir, line):
    found = judged_fhir(observation(), line, observation(id="o2"))
    assert (rules(found), list(found.refused["line"])) == (["row_readable"], [2])
    assert len(found.accepted["observation"]) == 2


def test_a_truncated_ndjson_gzip_is_refused_whole(judged):
    lines = ndjson(*(observation(id=f"o{n}") for n in range(500)))
    with pytest.raises(ContractBroken, match="to its end"):
        judged("demo-ehr", "Observation.ndjson.gz", gzip.compress(lines.encode())[:-30])


def test_an_ndjson_of_blank_lines_is_refused_whole(judged):
    with pytest.raises(ContractBroken, match="no resource"):
        judged("demo-ehr", "Observation.ndjson", "\n\n")


def test_no_message_holds_a_value_of_the_file(judged):
    secret = "Zebedee Quartermain"
    with pytest.raises(ContractBroken) as broken:
        judged("demo-lab", "labs.csv", f"r1,{secret},e1\nr2,{secret},e2\n")
    assert "Quartermain" not in str(broken.value)


def test_refused_rows_are_kept_whole(judged_lab):
    found = judged_lab(lab(result="500", unit="mmol/L"))
    assert '"value":"500"' in found.refused["refused_row"].iloc[0].replace(" ", "")
