import type { Rule } from '../../model/probe.ts';
import { listText } from '../words.ts';

/** A client may be given any address of a name, also the one that does not answer. */
export const everyAddress: Rule<unknown, unknown> = {
  id: 'connect/every-address',
  needs: [],
  required: ({ analysis }) =>
    analysis.servers.some(({ failed }) => failed > 0) ? 'every address that the name resolves to answers' : null,
  judge({ analysis }) {
    const silent = analysis.servers.filter(({ failed }) => failed > 0);
    const said = silent.map(
      ({ value, failed, succeeded }) => `${value} failed ${failed} of ${failed + succeeded} times`,
    );
    return {
      verdict: 'warn',
      observed: `${listText(said)}, in attempts that another address made succeed`,
      cause: 'address-not-answering',
    };
  },
};
