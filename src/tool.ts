// Set when the bundle is built; run from source, the tool says so.
declare const PROBE_VERSION: string | undefined;
declare const PROBE_DIGEST: string | undefined;

export const TOOL = {
  name: 'preflight-probe',
  version: typeof PROBE_VERSION === 'undefined' ? '0.0.0-source' : PROBE_VERSION,
  digest: typeof PROBE_DIGEST === 'undefined' ? 'sha256:source' : PROBE_DIGEST,
} as const;
