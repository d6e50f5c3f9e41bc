FROM rust:1.95-slim-bookworm AS build
# OpenSSL, for TLS to PostgreSQL, is compiled from source: that needs perl and make.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY migrations migrations
COPY openapi openapi
COPY tests tests
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --package api --features postgresql-tls --locked \
    && cp target/release/wijkoverleg /usr/local/bin/wijkoverleg

FROM debian:bookworm-slim
# The certificate authorities by which the endpoints of webhooks are trusted.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 wijkoverleg \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin wijkoverleg \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data
COPY --from=build /usr/local/bin/wijkoverleg /usr/local/bin/wijkoverleg
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV WIJKOVERLEG_LISTEN=0.0.0.0:8080
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["wijkoverleg", "healthcheck"]
ENTRYPOINT ["wijkoverleg"]
CMD ["serve"]
