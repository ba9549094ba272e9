import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { onPath } from '../kit/requires.ts';

// A NAT of the Linux kernel between two network namespaces: unlike a relay of ours, it sees keepalive. Nothing leaves the namespaces.

const CLIENT = { address: '10.77.1.2', router: '10.77.1.1' };
const SERVER = { address: '10.77.9.2', router: '10.77.9.1' };
const OUTSIDE = { range: '198.51.100.0/24', address: '198.51.100.10' };

export type Forgetting = {
  readonly afterSeconds: number;
  /** The ports of the server at which a packet of a forgotten flow meets nothing, and RST. */
  readonly silently: number;
  readonly withReset: number;
};

export type Nat = {
  readonly server: string;
  /** Two ports of a server that closes when its client does. */
  readonly ports: readonly [number, number];
  forget(how: Forgetting): void;
  /** What a command prints on the client's side. */
  run(command: string, args: readonly string[], cwd: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

const rules = ({ afterSeconds, silently, withReset }: Forgetting): string => `
table ip forgetful {
  ct timeout short {
    protocol tcp
    l3proto ip
    policy = { established : ${afterSeconds} }
  }
  chain arriving {
    type filter hook prerouting priority -150;
    ip protocol tcp ct timeout set "short"
  }
  chain passing {
    type filter hook forward priority 0; policy drop;
    ct state invalid tcp dport ${silently} drop
    ct state invalid tcp dport ${withReset} reject with tcp reset
    ct state established,related accept
    ip saddr ${CLIENT.address} tcp flags & (syn | ack) == syn ct state new accept
  }
  chain leaving {
    type nat hook postrouting priority 100;
    ip saddr ${CLIENT.address} snat to ${OUTSIDE.address}
  }
}
`;

/** A packet in mid-stream without its flow is then invalid, and not the begin of a new one. */
const STRICT = 'echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose';
const FORWARDS = 'echo 1 > /proc/sys/net/ipv4/ip_forward';

const SERVES = `
const { createServer } = require('node:net');
for (const nth of [1, 2]) {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(0, '${SERVER.address}', () => console.log(server.address().port));
}
`;

function must(command: string, args: readonly string[], input = ''): void {
  const { status, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const ip = (...args: readonly string[]): void => must('ip', args);
const within = (namespace: string, command: string, args: readonly string[], input = ''): void =>
  must('ip', ['netns', 'exec', namespace, command, ...args], input);
const remove = (namespace: string): void => void spawnSync('ip', ['netns', 'del', namespace]);

const nameOf = (part: string): string => `probe-${process.pid}-${part}`;

/** Whether this machine lets us make namespaces, and its kernel forgets flows when it is told to. */
export function canMakeNat(): boolean {
  if (process.getuid?.() !== 0 || !onPath('ip') || !onPath('nft')) return false;
  const namespace = nameOf('try');
  try {
    ip('netns', 'add', namespace);
    within(namespace, 'nft', ['-f', '-'], rules({ afterSeconds: 1, silently: 1, withReset: 2 }));
    return true;
  } catch {
    return false;
  } finally {
    remove(namespace);
  }
}

export async function startNat(): Promise<Nat> {
  const [nat, client, server] = [nameOf('nat'), nameOf('client'), nameOf('server')];
  const removeAll = () => [client, server, nat].forEach(remove);
  try {
    ip('netns', 'add', nat);
    connect(nat, client, { ...CLIENT, device: 'inside' });
    connect(nat, server, { ...SERVER, device: 'outside' });
    within(nat, 'sh', ['-c', FORWARDS]);
    // what comes back for a forgotten flow gets no answer either
    ip('-n', nat, 'route', 'add', 'blackhole', OUTSIDE.range);
    const { child, ports } = await serve(server);
    return {
      server: SERVER.address,
      ports,
      forget(how) {
        within(nat, 'nft', ['-f', '-'], rules(how));
        within(nat, 'sh', ['-c', STRICT]);
      },
      run: (command, args, cwd) => printed(spawn('ip', ['netns', 'exec', client, command, ...args], { cwd })),
      async [Symbol.asyncDispose]() {
        const gone = once(child, 'exit');
        child.kill();
        await gone;
        removeAll();
      },
    };
  } catch (error) {
    removeAll();
    throw error;
  }
}

type Link = { readonly address: string; readonly router: string; readonly device: string };

function connect(nat: string, namespace: string, { address, router, device }: Link): void {
  ip('netns', 'add', namespace);
  ip('link', 'add', device, 'netns', nat, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  ip('-n', nat, 'address', 'add', `${router}/24`, 'dev', device);
  for (const up of ['lo', 'eth0']) ip('-n', namespace, 'link', 'set', up, 'up');
  ip('-n', nat, 'link', 'set', device, 'up');
  ip('-n', namespace, 'route', 'add', 'default', 'via', router);
}

async function serve(namespace: string): Promise<{ readonly child: ChildProcess; readonly ports: [number, number] }> {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', SERVES], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ports: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    ports.push(Number(line));
    if (ports.length === 2) break;
  }
  const [one, other] = ports;
  if (one === undefined || other === undefined) throw new Error('the server ended while starting');
  return { child, ports: [one, other] };
}

async function printed(child: ReturnType<typeof spawn>): Promise<string> {
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  await once(child, 'close');
  if (chunks.length === 0) throw new Error(`nothing was printed: ${Buffer.concat(errors).toString()}`);
  return Buffer.concat(chunks).toString();
}
