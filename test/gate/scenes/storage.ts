import { Buffer } from 'node:buffer';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, nameOf } from '../../../probes/storage/canary.ts';
import {
  type Azurite,
  type AzuriteAccount,
  containerIn,
  createContainerOverTls,
  startAzurite,
} from '../../kit/azurite.ts';
import type { Bench } from '../bench.ts';
import { CONTEXT } from '../configuration.ts';
import type { Staged } from '../gate.ts';
import { targetName } from '../row.ts';
import type { StorageRow } from '../rows/storage.ts';

export async function storageScene(row: StorageRow, bench: Bench): Promise<Staged> {
  return row.on === undefined || row.on === 'folder' ? inFolder(row, bench) : await inContainer(row, bench);
}

function inFolder(row: StorageRow, bench: Bench): Staged {
  const folder = bench.workspace.path(targetName(row));
  if (row.folder === 'file') writeFileSync(folder, 'a file');
  if (row.folder === undefined) mkdirSync(folder, { recursive: true });
  if (row.left !== undefined) {
    const { name, bytes } = canary(row.left, row);
    writeFileSync(join(folder, name), bytes);
    // what is cut short and younger may still be under way
    if (row.left === 'cut') utimesSync(join(folder, name), 0, 0);
  }
  return { target: { type: 'storage', url: folder } };
}

/** Of an account each what would stop the others: a rejected one is tried no more. */
const ACCOUNTS = { good: 0, wrongKey: 1, refusedElsewhere: 2 } as const;

async function inContainer(row: StorageRow, bench: Bench): Promise<Staged> {
  const isSecured = row.on === 'secured container';
  const azurite = await (isSecured ? securedOf(bench) : plainOf(bench));
  const account = azurite.accounts[accountOf(row)];
  if (account === undefined) throw new Error('Azurite has too few accounts');
  const name = targetName(row);
  if (row.isContainerMissing !== true && row.where === undefined) await fill(row, account, name, bench);
  const { host, port } = bench.endpoint(row.where, azurite);
  const scheme = isSecured || row.tls === 'to plaintext' ? 'https' : 'http';
  const target = {
    type: 'storage',
    url: `abfss://${name}@${account.name}.dfs.core.windows.net/handoff`,
    endpoint: `${scheme}://${host}:${port}/${account.name}`,
    ...credentialsOf(row, account, name),
    ...(isSecured && row.tls === undefined ? { ca: 'ca.pem' } : {}),
  };
  const beside = row.isSecondOfIdentity === true ? { before: { [`${name}-before`]: target } } : {};
  return { target, ...beside };
}

function accountOf({ isWrongKey, isSecondOfIdentity }: StorageRow): number {
  if (isSecondOfIdentity === true) return ACCOUNTS.refusedElsewhere;
  return isWrongKey === true ? ACCOUNTS.wrongKey : ACCOUNTS.good;
}

async function fill(row: StorageRow, account: AzuriteAccount, name: string, bench: Bench): Promise<void> {
  const { left, on } = row;
  if (on === 'secured container') return await createContainerOverTls(account, name, bench.authorityPem);
  const container = containerIn(account, name);
  await container.createIfNotExists();
  if (left === undefined) return;
  const { name: of, bytes } = canary(left, row);
  await container.getBlockBlobClient(`handoff/${of}`).upload(bytes, bytes.length);
}

function credentialsOf({ sas, isWrongKey }: StorageRow, account: AzuriteAccount, container: string): object {
  if (sas !== undefined) return { sasToken: account.sas(container, sas) };
  return { accountKey: isWrongKey === true ? randomBytes(64).toString('base64') : account.key };
}

type Left = { readonly name: string; readonly bytes: Buffer };

function canary(left: NonNullable<StorageRow['left']>, { isOwn }: StorageRow): Left {
  const of = { context: isOwn === true ? CONTEXT : 'elsewhere', run: randomUUID() };
  const bytes = bytesOf(of);
  if (left === 'cut') return { name: nameOf(of), bytes: bytes.subarray(0, 100) };
  return { name: nameOf(of), bytes: left === 'whole' ? bytes : Buffer.from(bytes.toString().toUpperCase()) };
}

/** It takes a second to start, and rows do not disturb each other: each has an account or a container of its own. */
const onceABench = (start: (bench: Bench) => Promise<Azurite>): ((bench: Bench) => Promise<Azurite>) => {
  const started = new WeakMap<Bench, Promise<Azurite>>();
  return (bench) => {
    const azurite = started.get(bench) ?? bench.keep(start(bench));
    started.set(bench, azurite);
    return azurite;
  };
};

const plainOf = onceABench(() => startAzurite({ accounts: Object.keys(ACCOUNTS).length }));
const securedOf = onceABench((bench) => startAzurite({ identity: bench.server() }));
