"""The Dash app beside the demo: `python -m dash_app`, asked as a browser asks."""

import sys
import time

from jobs.demo import processes, site, web
from jobs.demo.processes import Service
from warehouse import Settings
from warehouse.errors import WardtwinError


def start(settings: Settings) -> Service:
    command = [sys.executable, "-m", "dash_app"]
    log = settings.var / "dash" / "dash.log"
    return processes.start("dash", command, site.environment(settings), log)


def patients_shown(service: Service, settings: Settings) -> int:
    """How many patients the Ward page gets, by the callback that fills it in every browser."""
    url = f"http://localhost:{settings.dash_port}"
    _wait_until_ready(service, url)
    callbacks = web.json_of("GET", f"{url}/_dash-dependencies")
    fills = next(found for found in callbacks if "ward-rows.data" in found["output"])
    asked = {
        "output": fills["output"],
        "outputs": [_property(name) for name in fills["output"].strip(".").split("...")],
        "inputs": [one | {"value": None} for one in fills["inputs"]],
        "state": [one | {"value": None} for one in fills["state"]],
        "changedPropIds": [],
    }
    answer = web.json_of("POST", f"{url}/_dash-update-component", asked)
    return len(answer["response"]["ward-rows"]["data"]["rows"])


def _wait_until_ready(service: Service, url: str, seconds: float = 60.0) -> None:
    give_up = time.monotonic() + seconds
    while web.try_json(f"{url}/readyz") is None:
        if service.process.poll() is not None or time.monotonic() > give_up:
            raise WardtwinError(
                f"the pages did not start; see {service.log}, which ends with:\n"
                + processes.last_words(service)
            )
        time.sleep(0.5)


def _property(name: str) -> dict[str, str]:
    component, _, prop = name.rpartition(".")
    return {"id": component, "property": prop}
