import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ConfigMap, Namespace, PersistentVolumeClaim, ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { openWorkspace } from '../kit/cli.ts';
import { probeVersion, ROOT } from '../kit/released.ts';
import { unreadKeys, watched } from '../kit/unread.ts';

const FOLDER = join(ROOT, 'deploy', 'kubernetes');

type Model = new (data: never) => { validate(): void };
const MODELS: Readonly<Record<string, Model>> = {
  'batch/v1 CronJob': CronJob,
  'batch/v1 Job': Job,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'v1 ConfigMap': ConfigMap,
  'v1 Namespace': Namespace,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 ServiceAccount': ServiceAccount,
};

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
type Manifest = z.infer<typeof manifest>;

const manifests = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join(', ')}`);
      return manifest.parse(document.toJS());
    }),
  );

/** What the published schema of its kind says against it, and the keys that this schema does not know. */
function faultsOf(data: Manifest): readonly string[] {
  const Kind = MODELS[`${data.apiVersion} ${data.kind}`];
  if (Kind === undefined) return [`no schema of ${data.apiVersion} ${data.kind}`];
  const watch = watched(data);
  try {
    Kind.prototype.validate.call(watch.value);
  } catch (error) {
    return [String(error)];
  }
  return unreadKeys(watch);
}

const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  containers: z
    .array(z.looseObject({ image: z.string(), args: z.array(z.string()), env: z.array(z.unknown()).default([]) }))
    .length(1),
});
const job = z.looseObject({ completions: z.int().optional(), template: z.looseObject({ spec: podSpec }) });

function jobOf(kind: 'Job' | 'CronJob') {
  const spec = manifests.find((each) => each.kind === kind)?.['spec'];
  return job.parse(
    kind === 'Job' ? spec : z.looseObject({ jobTemplate: z.looseObject({ spec: job }) }).parse(spec).jobTemplate.spec,
  );
}

describe('the manifests for Kubernetes', () => {
  test.each(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    '%s is valid under the published schema, which knows each of its keys',
    (_, data) => {
      expect(faultsOf(data)).toEqual([]);
    },
  );

  test('a misspelt key, a value of another type and a missing one are found', () => {
    const [first] = manifests.filter(({ kind }) => kind === 'Job');
    const damaged = (edit: (spec: { template: { spec: Record<string, unknown> } }) => void): readonly string[] => {
      const copy = structuredClone(first)!;
      edit(copy['spec'] as never);
      return faultsOf(copy);
    };
    expect(damaged(({ template }) => Object.assign(template.spec, { restartPolcy: 'Never' }))).toEqual([
      'spec.template.spec.restartPolcy',
    ]);
    expect(damaged(({ template }) => Object.assign(template.spec, { restartPolicy: 'Sometimes' }))).toHaveLength(1);
    expect(damaged(({ template }) => delete template.spec['containers'])).toHaveLength(1);
  });

  test('all but the namespace are in it', () => {
    const [space, ...rest] = [...manifests].sort((a) => (a.kind === 'Namespace' ? -1 : 1));
    expect(new Set(rest.map(({ metadata }) => metadata.namespace))).toEqual(new Set([space?.metadata.name]));
  });

  test.each(['Job', 'CronJob'] as const)('the pod of the %s meets the restricted pod security standard', (kind) => {
    const { spec } = jobOf(kind).template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          image: `preflight-probe:${probeVersion}`,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) expect(spec).not.toHaveProperty(key);
  });

  test('the Job tells each pod how many there are, by whom the limits of a server are divided', () => {
    const { completions, template } = jobOf('Job');
    expect(template.spec.containers[0]?.env).toEqual([{ name: 'PROBE_PROCESSES', value: String(completions) }]);
    const { sampling } = z.object({ sampling: z.record(z.string(), z.unknown()) }).parse(configuration());
    expect(sampling).toEqual({ profile: 'gate' });
    expect(completions).toBe(3);
  });

  test('the configuration is one that probe accepts, and whose plan can conclude', async () => {
    await using workspace = await openWorkspace();
    workspace.write('claims-password', 'correct horse battery staple');
    workspace.write('probe.yaml', configurationText().replace('/secrets/', `${workspace.folder}/`));
    expect(await workspace.probe(['check', '--offline-references'])).toMatchObject({ exit: 0 });
    expect(await workspace.probe(['plan', '--context', 'kubernetes'])).toMatchObject({ exit: 0 });
  });
});

function configurationText(): string {
  const found = manifests.find(({ kind }) => kind === 'ConfigMap');
  return z.object({ 'probe.yaml': z.string() }).parse(found?.['data'])['probe.yaml'];
}

function configuration(): unknown {
  const [document] = parseAllDocuments(configurationText());
  return document?.toJS();
}
