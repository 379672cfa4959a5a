# syntax=docker/dockerfile:1.7
# Two images: the worker (the default; no torch), and with `--target trainer` what `pandian train` and `retrain` need.

ARG PYTHON=3.11.15-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/pandian
ENV PATH=/opt/pandian/bin:$PATH
WORKDIR /src
# What it depends on first: a change of the code does not install that again.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -q --only-binary=:all: -c constraints.txt -r requirements.txt
COPY README.md LICENSE NOTICE ./
COPY pandian pandian
COPY streams streams
COPY models models
COPY export export
COPY monitoring monitoring
COPY catalogs catalogs
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -q --no-deps -c constraints.txt .

FROM build AS build-worker
# A worker answers on the processor: what onnxruntime brings for GPUs is a third of the image. `--build-arg GPU=1` keeps it.
ARG GPU=
RUN if [ -z "$GPU" ]; then \
        rm -f /opt/pandian/lib/python3.*/site-packages/onnxruntime/capi/libonnxruntime_providers_cuda.so \
              /opt/pandian/lib/python3.*/site-packages/onnxruntime/capi/libonnxruntime_providers_tensorrt.so; \
    fi \
    && pip uninstall -q -y pip setuptools

FROM build AS build-trainer
# Without a GPU: `--build-arg TORCH=https://pypi.org/simple` takes the build with CUDA, which is several gigabytes.
ARG TORCH=https://download.pytorch.org/whl/cpu
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['train'], sep='\n')" > train.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -q --only-binary=:all: --extra-index-url "$TORCH" -c constraints.txt -r train.txt \
    && pip uninstall -q -y pip

FROM python:${PYTHON} AS base
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin pandian \
    && install -d -o pandian -g pandian /var/lib/pandian /var/lib/pandian/state /var/lib/pandian/models
ENV PATH=/opt/pandian/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    PANDIAN_HOST=0.0.0.0 \
    PANDIAN_DATADIR=/var/lib/pandian/state \
    PANDIAN_MODELS=/var/lib/pandian/models
USER pandian
WORKDIR /var/lib/pandian
ENTRYPOINT ["pandian"]

FROM base AS trainer
COPY --from=build-trainer /opt/pandian /opt/pandian
CMD ["retrain"]

FROM base AS worker
COPY --from=build-worker /opt/pandian /opt/pandian
EXPOSE 6066
CMD ["worker"]
