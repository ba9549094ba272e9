# docker build -t preflight-probe .
# docker run --rm --read-only -v "$PWD":/work:ro -v probe-evidence:/evidence preflight-probe all --evidence /evidence
ARG BASE=node:22-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without scripts, because `prepare` would build before the sources are here.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY src src
COPY probes probes
COPY fixtures fixtures
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
ENV NODE_ENV=production
WORKDIR /opt/preflight-probe
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
# The volume of the evidence takes over this folder's owner when it is first mounted.
RUN ln -s /opt/preflight-probe/dist/cli.js /usr/local/bin/probe && mkdir /evidence && chown 65532:65532 /evidence
# A number, so that an orchestrator can see that it is not root.
USER 65532:65532
# The configuration and what it names are mounted here.
WORKDIR /work
ENTRYPOINT ["probe"]
CMD ["--help"]
