# docker build -t preflight-probe .      (scripts/image.sh does the same where no registry of images can be reached)
# docker run --rm --read-only -v "$PWD":/work:ro -v probe-evidence:/evidence preflight-probe all --evidence /evidence
ARG NODE=node:24.21.0-bookworm-slim
ARG BASE=gcr.io/distroless/cc-debian12

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without scripts, because `prepare` would build before the sources are here.
RUN npm ci --ignore-scripts
COPY scripts/build-options.mjs scripts/build-binary.mjs scripts/
COPY scripts/binary scripts/binary
COPY tsconfig.json ./
COPY src src
COPY probes probes
COPY fixtures fixtures
RUN arch="$(node -p process.arch)" \
  && node scripts/build-binary.mjs --arch "$arch" --node "$(command -v node)" \
  && mkdir -p /image/usr/bin /image/usr/share/doc/preflight-probe /image/work /volume/evidence \
  && mv "build/probe-linux-$arch" /image/usr/bin/probe \
  && mv build/sbom.cdx.json /image/usr/share/doc/preflight-probe/ \
  && chmod 0775 /volume/evidence

# The executable and the C libraries that it needs: no shell, no package manager, no Node.js beside it.
FROM ${BASE}
COPY --from=build /image/ /
# A volume takes over this folder's owner when it is first mounted: any user of group 0 may write, as OpenShift runs it.
COPY --from=build --chown=65532:0 /volume/ /
# A number, so that an orchestrator can see that it is not root.
USER 65532:65532
# The configuration and what it names are mounted here.
WORKDIR /work
HEALTHCHECK NONE
ENTRYPOINT ["/usr/bin/probe"]
CMD ["--help"]
