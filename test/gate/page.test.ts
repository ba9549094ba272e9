import { expect, test } from 'vitest';
import { MATRIX } from './matrix.ts';
import { pageOf } from './page.ts';

test('docs/faults.md says what the matrix does (`vitest -u` writes it anew)', async () => {
  await expect(pageOf(MATRIX)).toMatchFileSnapshot('../../docs/faults.md');
});
