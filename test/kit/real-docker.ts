import { spawnSync } from 'node:child_process';

/** Whether a Docker engine answers; the client alone proves nothing. */
export const dockerAnswers = (): boolean =>
  spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
