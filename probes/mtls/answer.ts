import { AnswerRefused, CertificateRefused, refusedFor } from './causes.ts';
import type { Answer } from './http.ts';

export type Asked = { readonly authorization: string | null; readonly certificatePem: string | null };

/** The answer, unless it is a failure whatever status is expected: those count in the rate, every other status is judged by a rule. */
export function acceptable(answer: Answer, asked: Asked): Answer {
  const { status, body } = answer;
  const objection = status === 400 ? OBJECTIONS.find(({ text }) => text.test(body)) : undefined;
  if (objection !== undefined) {
    const refusal = refusedFor(objection.told, asked.certificatePem);
    throw new CertificateRefused(refusal, `HTTP 400: ${objection.says}`, { status });
  }
  if (status === 401 && asked.authorization !== null) throw new AnswerRefused('login-rejected', status);
  if (status === 429) throw new AnswerRefused('throttled', status);
  if (status >= 500) throw new AnswerRefused('server-error', status);
  return answer;
}

/** nginx, and the gateways built upon it, finish the handshake with anybody and object in HTTP: its statuses 496 and 495, sent as 400. */
const OBJECTIONS = [
  {
    text: /no required ssl certificate was sent/i,
    told: 'client-certificate-missing',
    says: 'no required SSL certificate was sent',
  },
  {
    text: /ssl certificate error/i,
    told: 'client-certificate-rejected',
    says: 'the SSL certificate error',
  },
] as const;
