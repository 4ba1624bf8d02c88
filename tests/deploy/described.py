"""What docker-compose.yml and k8s/ describe, as the tests ask for it."""

import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
OURS = "wardtwin:0.1.0"
WORKLOADS = ("Deployment", "StatefulSet", "Job")


@cache
def compose() -> dict:
    """The file as it is where the shell sets nothing: `${NAME:-default}` is its default."""
    text = (ROOT / "docker-compose.yml").read_text()
    return yaml.safe_load(re.sub(r"\$\{\w+:-(.*?)\}", r"\1", text))


def compose_services() -> dict[str, dict]:
    """The services that run our image, by name."""
    found = compose()["services"].items()
    return {name: service for name, service in found if service["image"] == OURS}


@cache
def manifests() -> list[dict]:
    """Every object of k8s/, in the order of its kustomization."""
    kustomization = yaml.safe_load((ROOT / "k8s" / "kustomization.yaml").read_text())
    texts = [(ROOT / "k8s" / name).read_text() for name in kustomization["resources"]]
    return [found for text in texts for found in yaml.safe_load_all(text)]


def workloads() -> dict[str, dict]:
    """The pod templates' specs by workload."""
    return {
        found["metadata"]["name"]: found["spec"]["template"]["spec"]
        for found in manifests()
        if found["kind"] in WORKLOADS
    }


def of_kind(kind: str) -> list[dict]:
    return [found for found in manifests() if found["kind"] == kind]


def settings() -> dict[str, str]:
    """The environment that the ConfigMap gives every part."""
    return next(f["data"] for f in of_kind("ConfigMap") if f["metadata"]["name"] == "settings")
