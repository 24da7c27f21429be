# One image for every service of docker-compose.yml.
FROM python:3.12-slim
RUN useradd --create-home --uid 10001 verhuisketen
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY data_contracts data_contracts
COPY matching matching
COPY store store
COPY pipelines pipelines
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .
USER verhuisketen
ENV DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
ENTRYPOINT ["verhuisketen"]
