# One image for every part of the system: what it does is its command.

FROM python:3.11.14-slim-bookworm AS packages
COPY requirements/runtime.txt /tmp/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/runtime.txt

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin wardtwin \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/wardtwin /var/lib/wardtwin-keys
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/wardtwin
COPY pyproject.toml README.md LICENSE ./
COPY warehouse warehouse
COPY expectations expectations
COPY jobs jobs
COPY dash_app dash_app
COPY dags dags
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .

# The root file system may be read-only: what is written while it runs goes to /tmp and the volumes.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/wardtwin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    NUMBA_CACHE_DIR=/tmp/numba
USER 10001:10001
CMD ["wardtwin", "--help"]
