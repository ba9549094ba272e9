import { PreflightError } from '../../model/preflight-error.ts';
import type { Io } from '../io.ts';

/** Where GitHub Actions, Azure DevOps and GitLab say which commit they build. */
const VARIABLES = ['GITHUB_SHA', 'BUILD_SOURCEVERSION', 'CI_COMMIT_SHA'] as const;

const COMMIT = /^[0-9a-f]{7,64}$/i;

export function commitOf(flag: string | undefined, { env }: Io): string | null {
  if (flag !== undefined && !COMMIT.test(flag)) {
    throw new PreflightError('ERR_COMMIT', `no commit: ${flag}`, 'A commit is 7 to 64 hexadecimal digits.');
  }
  if (flag !== undefined) return flag.toLowerCase();
  // what another version control calls its version is no commit
  const found = VARIABLES.map((name) => env[name]).find((value) => value !== undefined && COMMIT.test(value));
  return found?.toLowerCase() ?? null;
}
