# The image of one service: docker build --build-arg SERVICE=image_svc --tag telltale/image-svc:0.1.0 .
# tools/image_root.sh says what is in it, of that service alone.
FROM python:3.11-slim-bookworm AS build
ARG SERVICE
WORKDIR /work
COPY . .
RUN tools/image_root.sh python "$SERVICE" /opt/telltale

FROM python:3.11-slim-bookworm
# The sandbox of decoders stands on it. Debian's package manager brings it along, so it is there; this tells when that changes.
RUN test -e /usr/lib/"$(uname -m)"-linux-gnu/libseccomp.so.2
COPY --from=build /opt/telltale /opt/telltale
ENV PATH=/opt/telltale/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1
WORKDIR /opt/telltale
USER 10001:10001
# Health is asked by gRPC, which what runs the container does itself.
HEALTHCHECK NONE
# What follows is the program, which the manifests name: image_svc, gateway.worker, gateway.envoy …
ENTRYPOINT ["python", "-m"]
