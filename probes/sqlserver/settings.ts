import { z } from 'zod';
import { certificatesProblem } from '../../src/formats/pem.ts';
import { fileValued, secret } from '../../src/model/settings.ts';

const written = z.strictObject({
  /** As the workload has it. */
  url: z.string().min(1),
  /** Over the URL, as Spark merges its options. */
  user: z.string().min(1).optional(),
  password: secret().optional(),
  /** In place of a Java trust store: authorities in PEM form. */
  ca: fileValued().optional(),
});

export type Written = z.infer<typeof written>;
export type Problem = { readonly path: readonly string[]; readonly message: string };

/** The settings, checked by what reads them, so that a mistake in the URL is a mistake in the configuration. */
export const settingsChecked = (problemsOf: (settings: Written) => readonly Problem[]) =>
  written.superRefine((settings, context) => {
    const ca = settings.ca === undefined ? null : certificatesProblem(settings.ca.text);
    if (ca !== null) context.addIssue({ code: 'custom', path: ['ca'], message: ca });
    for (const { path, message } of problemsOf(settings))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
