"""k8s/ is valid, restricted, closed, and describes the same system as docker-compose.yml."""

import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy

import pytest
import yaml

from jobs.demo.airflow_server import shared_settings
from tests.deploy.described import (
    OURS,
    ROOT,
    compose,
    compose_services,
    manifests,
    of_kind,
    settings,
    workloads,
)

PODS = workloads()
ONCE = [found["metadata"]["name"] for found in of_kind("Job")]
FROM_OUTSIDE = ("to-the-pages", "to-mllp")


def faults(pod: dict) -> Iterator[str]:
    """What of a pod the restricted Pod Security Standard, or our own rules, would not allow."""
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True:
        yield "may run as root"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "has a service account token"
    for container in pod["containers"] + pod.get("initContainers", []):
        yield from container_faults(container)


def container_faults(container: dict) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain rights"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write to its root file system"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "has capabilities"
    if "memory" not in container.get("resources", {}).get("limits", {}):
        yield "has no memory limit"
    if ":" not in container["image"]:
        yield "has no image version"


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_restricted(name):
    assert list(faults(PODS[name])) == []


@pytest.mark.parametrize(
    "path, value, fault",
    [
        (["securityContext", "runAsNonRoot"], False, "may run as root"),
        (["securityContext", "seccompProfile", "type"], "Unconfined", "no seccomp profile"),
        (["automountServiceAccountToken"], True, "has a service account token"),
        (["containers", 0, "securityContext", "allowPrivilegeEscalation"], True, "may gain rights"),
        (
            ["containers", 0, "securityContext", "readOnlyRootFilesystem"],
            False,
            "may write to its root file system",
        ),
        (["containers", 0, "securityContext", "capabilities"], {}, "has capabilities"),
        (["initContainers", 0, "securityContext", "capabilities"], {}, "has capabilities"),
        (["containers", 0, "resources", "limits"], {}, "has no memory limit"),
        (["containers", 0, "image"], "wardtwin", "has no image version"),
    ],
)
def test_a_pod_with_more_rights_would_be_found(path, value, fault):
    pod = deepcopy(PODS["airflow-scheduler"])
    inner = pod
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert list(faults(pod)) == [fault]


def test_every_manifest_is_valid():
    files = [path for path in (ROOT / "k8s").glob("*.yaml") if path.name != "kustomization.yaml"]
    command = [sys.executable, "-m", "kubernetes_validate", "--strict"]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_kustomization_leaves_no_manifest_out():
    listed = yaml.safe_load((ROOT / "k8s" / "kustomization.yaml").read_text())["resources"]
    there = {path.name for path in (ROOT / "k8s").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed) == there


def test_the_namespace_enforces_the_restricted_standard():
    [namespace] = of_kind("Namespace")
    labels = namespace["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", compose_services())
def test_every_part_of_compose_runs_the_same_command(name):
    assert PODS[name]["containers"][0]["image"] == OURS
    assert PODS[name]["containers"][0]["command"] == compose_services()[name]["command"]


def test_no_part_is_only_on_the_cluster():
    assert set(PODS) == set(compose()["services"])


def test_the_settings_are_those_of_airflow_env_and_compose():
    assert settings() == shared_settings() | compose()["x-wardtwin"]["environment"]


@pytest.mark.parametrize("name", compose()["services"])
def test_every_part_gets_the_secrets_that_it_gets_in_compose(name):
    volumes = [volume["secret"] for volume in PODS[name]["volumes"] if "secret" in volume]
    keys = {item["key"] for volume in volumes for item in volume["items"]}
    assert keys == set(compose()["services"][name]["secrets"])


@pytest.mark.parametrize("name", [name for name in PODS if name not in ONCE])
def test_everything_that_stays_is_watched(name):
    container = PODS[name]["containers"][0]
    assert {"readinessProbe", "livenessProbe"} <= set(container)


def test_nothing_may_talk_unless_it_is_listed():
    [deny] = [f for f in of_kind("NetworkPolicy") if f["metadata"]["name"] == "default-deny"]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_every_way_in_has_its_way_out():
    ways = {"Ingress": set(), "Egress": set()}
    for policy in of_kind("NetworkPolicy"):
        name, spec = policy["metadata"]["name"], policy["spec"]
        if name.startswith("to-") and name not in FROM_OUTSIDE:
            [rule] = spec["ingress"]
            callers, server = _parts(rule["from"][0]["podSelector"]), _parts(spec["podSelector"])
            ways["Ingress"] |= _ways(callers, server, rule["ports"])
        if name.startswith("callers-of-"):
            [rule] = spec["egress"]
            callers, server = _parts(spec["podSelector"]), _parts(rule["to"][0]["podSelector"])
            ways["Egress"] |= _ways(callers, server, rule["ports"])
    assert ways["Ingress"] == ways["Egress"]
    assert {part for way in ways["Ingress"] for part in way[:2]} == set(PODS) - {"mllp"}


def test_other_namespaces_reach_what_their_label_names():
    reached = set()
    for policy in of_kind("NetworkPolicy"):
        if policy["metadata"]["name"] in FROM_OUTSIDE:
            [rule] = policy["spec"]["ingress"]
            [peer] = rule["from"]
            [label] = peer["namespaceSelector"]["matchLabels"].items()
            reached |= {(*label, part) for part in _parts(policy["spec"]["podSelector"])}
    assert reached == {
        ("wardtwin-access", "allowed", "airflow-api-server"),
        ("wardtwin-access", "allowed", "dash"),
        ("wardtwin-hl7v2", "allowed", "mllp"),
    }


def test_an_old_listener_has_ended_before_a_new_one_starts():
    [listener] = [f for f in of_kind("Deployment") if f["metadata"]["name"] == "mllp"]
    assert listener["spec"]["replicas"] == 1
    assert listener["spec"]["strategy"] == {"type": "Recreate"}


def test_the_listener_gets_no_key():
    mounts = PODS["mllp"]["containers"][0]["volumeMounts"]
    assert [mount["name"] for mount in mounts] == ["data", "scratch"]


def test_every_volume_claim_is_there():
    claims = {found["metadata"]["name"] for found in of_kind("PersistentVolumeClaim")}
    wanted = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in PODS.values()
        for volume in pod["volumes"]
        if "persistentVolumeClaim" in volume
    }
    assert claims == wanted


def test_names_are_unique():
    names = [(found["kind"], found["metadata"]["name"]) for found in manifests()]
    assert len(names) == len(set(names))


def _parts(selector: dict) -> list[str]:
    if "matchLabels" in selector:
        return [selector["matchLabels"]["wardtwin"]]
    [expression] = selector["matchExpressions"]
    return expression["values"]


def _ways(callers: list[str], servers: list[str], ports: list[dict]) -> set[tuple]:
    return {(a, b, port["port"]) for a in callers for b in servers for port in ports}
