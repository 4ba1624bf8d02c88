"""The Dockerfile makes the image that Compose and Kubernetes run."""

import re
import tomllib

import pytest

from tests.deploy.described import ROOT, compose_services, settings

LINES = (ROOT / "Dockerfile").read_text().replace("\\\n", "").splitlines()
PACKAGES = ("warehouse", "expectations", "jobs", "dash_app", "dags")


def words(instruction: str) -> list[list[str]]:
    return [line.split()[1:] for line in LINES if line.startswith(f"{instruction} ")]


def test_what_it_is_built_from_has_a_full_version():
    for image in words("FROM"):
        assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", image[0])


def test_it_runs_as_the_user_that_compose_names():
    users = {service["user"] for service in compose_services().values()}
    assert {words("USER")[-1][0]} == users


def test_everything_installed_is_held_against_its_hash():
    installs = [line for line in words("RUN") if "install" in line and "pip" in " ".join(line)]
    assert "--require-hashes" in installs[0]
    assert {"--no-deps", "--no-build-isolation"} <= set(installs[1])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_in_it_and_let_in(package):
    assert [package, package] in words("COPY")
    assert f"!{package}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_no_package_is_forgotten():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in found} == set(PACKAGES)


def test_volumes_and_code_are_where_the_settings_say():
    text = "\n".join(LINES)
    for place in ("/var/lib/wardtwin", "/var/lib/wardtwin-keys"):
        assert place in text
    assert settings()["WARDTWIN_VAR"] == "/var/lib/wardtwin"
    assert settings()["WARDTWIN_KEY_FILE"].startswith("/var/lib/wardtwin-keys/")
    assert settings()["AIRFLOW__CORE__DAGS_FOLDER"] == f"{words('WORKDIR')[0][0]}/dags"
