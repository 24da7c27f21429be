# One image for every service of ours in docker-compose.yml. The same Python the tests run on.
FROM python:3.11-slim-trixie
# For copies of the database (`verhuisketen backup`): the programs of the server's own version.
# For letters (`desk`): the library that sets their text.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
    postgresql-client-17 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 verhuisketen \
 && install --directory --owner=10001 --group=10001 /data /prefect /inbox
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY data_contracts data_contracts
COPY matching matching
COPY store store
COPY pipelines pipelines
COPY desk desk
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .
USER 10001:10001
ENV DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false PYTHONUNBUFFERED=1
ENTRYPOINT ["verhuisketen"]
