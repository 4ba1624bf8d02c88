"""`twin.device_now`: what each device last told, and how much within its last day."""

import pyarrow as pa

from warehouse.lake import Connection, sql


def update(con: Connection, device_ids: list[int]) -> int:
    """Make these devices' rows anew, inside a write transaction; how many there are now."""
    ids = pa.array(sorted(set(device_ids)), pa.int64())
    con.register("wanted_devices", pa.table({"device_id": ids}))
    rows = con.execute(sql("device_now")).to_arrow_table()
    con.register("new_device_now", rows)
    con.execute("DELETE FROM twin.device_now WHERE device_id IN (FROM wanted_devices)")
    con.execute("INSERT INTO twin.device_now BY NAME FROM new_device_now")
    return len(rows)
