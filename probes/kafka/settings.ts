import { z } from 'zod';
import { certificatesProblem, keyProblem } from '../../src/formats/pem.ts';
import { fileValued, path, secret } from '../../src/model/settings.ts';
import { type JavaClient, type Reading, readJavaClient } from './java-client.ts';
import { fileProblem, propertiesOf } from './properties.ts';

/** YAML writes numbers and switches without quotes; a property is text. */
const property = () => z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** Every Java property is taken; these carry a mark. */
const properties = z
  .object({
    'sasl.jaas.config': secret().optional(),
    'ssl.truststore.location': path().optional(),
    'ssl.truststore.password': secret().optional(),
    'ssl.keystore.location': path().optional(),
    'ssl.keystore.password': secret().optional(),
    'ssl.keystore.key': secret().optional(),
    'ssl.key.password': secret().optional(),
  })
  .catchall(property());

const clientCertificate = z
  .strictObject({ cert: fileValued(), key: fileValued(), passphrase: secret().optional() })
  .superRefine(({ cert, key, passphrase }, issues) => {
    const certProblem = certificatesProblem(cert.text);
    const problem = certProblem ?? keyProblem(key.text, passphrase, cert.text);
    if (problem !== null)
      issues.addIssue({ code: 'custom', path: [certProblem === null ? 'key' : 'cert'], message: problem });
  });

export const settings = z
  .strictObject({
    /** What the workload does: join a group and commit, or read as Spark's source does, without either. */
    mode: z.enum(['consumer-group', 'spark']),
    properties: properties.optional(),
    propertiesFile: fileValued().optional(),
    topic: z.string().min(1),
    /** In place of the truststore. */
    ca: fileValued().optional(),
    /** In place of the keystore. */
    clientCertificate: clientCertificate.optional(),
  })
  .superRefine((given, issues) => {
    const refuse = (at: string[], message: string) => issues.addIssue({ code: 'custom', path: at, message });
    if (given.properties === undefined && given.propertiesFile === undefined)
      return refuse(['properties'], 'is missing: give the client’s properties, or propertiesFile');
    const inFile = given.propertiesFile === undefined ? null : fileProblem(given.propertiesFile);
    if (inFile !== null) return refuse(['propertiesFile'], inFile);
    const caProblem = given.ca === undefined ? null : certificatesProblem(given.ca.text);
    if (caProblem !== null) refuse(['ca'], caProblem);
    const reading = readingOf(given);
    if ('client' in reading) return;
    for (const { key, message } of reading.problems) {
      const isWritten = given.properties?.[key] !== undefined || given.propertiesFile === undefined;
      refuse(isWritten ? ['properties', key] : ['propertiesFile'], isWritten ? message : `${key} ${message}`);
    }
  });

export type KafkaSettings = z.infer<typeof settings>;

const readingOf = (given: Pick<KafkaSettings, 'properties' | 'propertiesFile'>): Reading =>
  readJavaClient(propertiesOf(given));

export function javaClientOf(given: KafkaSettings): JavaClient {
  const reading = readingOf(given);
  // the schema has refused what cannot be read
  if (!('client' in reading)) throw new Error('settings that their schema refuses');
  return reading.client;
}
