"""What a browser asks of the pages, without a browser."""

import json

from dash_app import app as dash_app
from tests.dash_app.records import NOW


def client_of(settings, clock=lambda: NOW):
    """A browser's requests to pages on the lake of `settings`, at the time that `clock` tells."""
    return dash_app.create_app(settings, clock).server.test_client()


def ask(client, output: str, **values) -> dict:
    """Call the callback that fills `output`, as a browser does."""
    callbacks = client.get("/_dash-dependencies").json
    found = next(callback for callback in callbacks if output in callback["output"])
    names = [name.rpartition(".") for name in found["output"].strip(".").split("...")]
    outputs = [{"id": name, "property": prop} for name, _, prop in names]
    body = {
        "output": found["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [one | {"value": values.get(one["id"])} for one in found["inputs"]],
        "state": [one | {"value": values.get(one["id"])} for one in found["state"]],
        "changedPropIds": [],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return answer.json


def text(answer: dict) -> str:
    return json.dumps(answer, ensure_ascii=False)
