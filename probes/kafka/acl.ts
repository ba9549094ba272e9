import type { JavaClient } from './java-client.ts';

/** Our groups begin so, and one prefixed ACL covers them (KIP-290). */
export const GROUP_PREFIX = 'preflight-probe-';

/** The lines that grant what a refusal, or `probe plan --privileges`, is about. Read implies Describe. */
export function aclLines(client: Pick<JavaClient, 'bootstrap' | 'sasl'>, topic: string) {
  const [first] = client.bootstrap;
  const server = first === undefined ? 'HOST:PORT' : `${first.host}:${first.port}`;
  const principal = client.sasl?.credentials?.username ?? 'PRINCIPAL';
  const add = `kafka-acls.sh --bootstrap-server ${server} --add --allow-principal 'User:${principal}'`;
  return {
    topic: `${add} --operation Read --topic ${topic}`,
    group: `${add} --operation Read --operation Delete --group ${GROUP_PREFIX} --resource-pattern-type prefixed`,
  };
}
