// What stands for a value in the source already: `{{secrets/scope/key}}` of Databricks, `${NAME}` of a template. Neither JDBC nor JSON
// nor JAAS can be read with their braces, so that they travel between characters of Unicode's private use.

const SECRET = /\uE000([^\uE001]*)\uE001/g;
const VARIABLE = /\uE002([^\uE003]*)\uE003/g;
const WHOLE = /^(?:\uE000[^\uE001]*\uE001|\uE002[^\uE003]*\uE003)$/;

export const withPlaceholders = (text: string): string =>
  text
    .replace(/[\uE000-\uE003]/g, '')
    .replace(/\{\{\s*secrets\/([^/{}\s]+)\/([^{}\s]+)\s*\}\}/g, '\uE000$1/$2\uE001')
    .replace(/\$\{(?:env:)?([A-Z_][A-Z0-9_]*)\}/g, '\uE002$1\uE003');

/** The value as a whole stands outside of the source. */
export const isPlaceholder = (value: string): boolean => WHOLE.test(value);

export const hasPlaceholder = (value: string): boolean => value.search(SECRET) >= 0 || value.search(VARIABLE) >= 0;

/** A `${` or `{{` of another kind: nobody here knows what will stand in its place. */
export const isTemplate = (value: string): boolean => value.includes(`\${`) || value.includes('{{');

export type References = {
  readonly text: string;
  /** Environment variables that it now refers to. */
  readonly variables: readonly string[];
  /** `scope/key` of the secrets that it now refers to. */
  readonly secrets: readonly string[];
};

/** As references of the configuration. */
export const asReferences = (value: string): References => ({
  text: value.replace(SECRET, `\${secret:$1}`).replace(VARIABLE, `\${env:$1}`),
  variables: [...value.matchAll(VARIABLE)].map(([, name = '']) => name),
  secrets: [...value.matchAll(SECRET)].map(([, name = '']) => name),
});
