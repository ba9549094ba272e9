import { expect, test } from 'vitest';
import { sqlserver } from '../../../../probes/sqlserver/probe.ts';
import { inRedirect, RedirectUnreachable } from '../../../../probes/sqlserver/redirect.ts';
import { tryOnce } from '../../../kit/attempt.ts';

const settings = { url: 'jdbc:sqlserver://sql.lab', user: 'u', password: 'p' };
const within = (work: () => Promise<unknown>) =>
  tryOnce(
    {
      ...sqlserver,
      load: async () => ({
        attempt: async (_, at) => {
          await inRedirect(at).stage('connect', work, 'node.lab:11000');
          throw new Error('it was reached');
        },
        classify: () => 'defect' as const,
      }),
    },
    settings,
    { deadlinesMs: { connect: 150 } },
  );

test('silence on the way to the server of a redirect is told from silence elsewhere', async () => {
  const tried = await within(() => new Promise(() => {}));

  expect(tried.failure).toMatchObject({ stage: 'connect', server: 'node.lab:11000' });
  expect(tried.failure?.error).toBeInstanceOf(RedirectUnreachable);
});

test('what went wrong on the way to it is kept as the cause', async () => {
  const refused = new Error('refused');
  const tried = await within(() => Promise.reject(refused));

  expect(tried.failure?.error).toMatchObject({ name: 'RedirectUnreachable', cause: refused });
});
