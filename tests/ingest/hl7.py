"""HL7 v2 messages with defaults: a test names only what matters."""


def header(kind="ORU^R01", **given) -> str:
    said = {"sender": "MON", "sent": "20260301080500+0000", "id": "M1"} | given
    return rf"MSH|^~\&|{said['sender']}|W4|||{said['sent']}||{kind}|{said['id']}|P|2.6"


def pid(patient="p1", name="Doe^Jane", birth="19600101", sex="F", died="") -> str:
    return f"PID|1||{patient}^^^^MR||{name}||{birth}|{sex}" + "|" * 21 + died


def pv1(place="4B^^3", visit="e1", start="", end="", kind="I") -> str:
    return f"PV1|1|{kind}|{place}" + "|" * 16 + visit + "|" * 25 + f"{start}|{end}"


def obr(order="F1", time="20260301080000", asked="VITALS^Vital signs^L") -> str:
    return f"OBR|1||{order}|{asked}|||{time}"


def obx(code="8867-4^Heart rate^LN", value="72", unit="/min", kind="NM", **given) -> str:
    said = {"sub_id": "1", "status": "F", "time": "", "device": ""} | given
    return (
        f"OBX|1|{kind}|{code}|{said['sub_id']}|{value}|{unit}|||||{said['status']}"
        f"|||{said['time']}||||{said['device']}"
    )


def message(*segments: str, end="\r") -> str:
    return end.join(segments) + end


def result(*observations: str, **given) -> str:
    """An ORU^R01 of one order: a normal heart rate, but for what a test names."""
    return message(header(**given), pid(), pv1(), obr(), *(observations or [obx()]))


def adt(event: str, *segments: str, sent="20260301080500+0000", happened="", **given) -> str:
    """An ADT message: who lies in 4B, but for what a test names."""
    recorded = f"EVN|{event}|{sent[:14]}||||{happened}"
    head = header(kind=f"ADT^{event}", sent=sent)
    return message(head, recorded, pid(), *(segments or [pv1(**given)]))


def order(control="NW", timing="TQ1|1||||||20260301080000|20260301200000", **given) -> str:
    """An RDE^O11: paracetamol 1 g, but for what a test names."""
    said = {"drug": "161^Paracetamol^RXNORM", "amount": "1", "unit": "g", "rate": ""} | given
    drug = f"RXE||{said['drug']}|{said['amount']}||{said['unit']}" + "|" * 18 + said["rate"]
    segments = [header("RDE^O11"), pid(), pv1(), f"ORC|{control}|P1", drug]
    return message(*segments, *([timing] if timing else []))
