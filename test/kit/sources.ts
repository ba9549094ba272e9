import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

// What the sources say of themselves, read from their syntax.

/** A file by its path from the root of the project. */
export type Source = { readonly path: string; readonly text: string };

export type Import = {
  readonly specifier: string;
  /** `import()` within code: loaded when it is reached. */
  readonly dynamic: boolean;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
};

const ROOT = join(import.meta.dirname, '..', '..');

/** All TypeScript files of some folders. */
export const sourcesOf = (...folders: readonly string[]): readonly Source[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })),
  );

export const filesIn = (folder: string): readonly string[] => readdirSync(join(ROOT, folder)).sort();

export const foldersIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const parsed = new WeakMap<Source, readonly ts.Node[]>();

function nodesOf(source: Source): readonly ts.Node[] {
  const known = parsed.get(source);
  if (known !== undefined) return known;
  const nodes: ts.Node[] = [];
  parsed.set(source, nodes);
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ESNext, true));
  return nodes;
}

export const importsOf = (source: Source): readonly Import[] =>
  nodesOf(source).flatMap((node) => {
    const found = importIn(node);
    return found === null ? [] : [found];
  });

function importIn(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node)) {
    return {
      specifier: textOf(node.moduleSpecifier),
      dynamic: false,
      typeOnly: node.importClause?.isTypeOnly === true,
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: textOf(node.moduleSpecifier), dynamic: false, typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), dynamic: false, typeOnly: true };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: textOf(node.arguments[0]), dynamic: true, typeOnly: false };
  }
  return null;
}

/** A specifier that is put together at run time can not be checked, and so it is none that may be. */
const textOf = (node: ts.Node | undefined): string =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)';

/** The names that stand for a variable or a global of this name; keys of objects and types are none. */
export const usesName = (source: Source, name: string): boolean =>
  nodesOf(source).some((node) => ts.isIdentifier(node) && node.text === name && !isKey(node));

function isKey(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  const isMember =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent);
  return isMember && parent.name === node;
}

/** The first argument of each call of a method of this name: `program.command('all')`. */
export const callsOf = (source: Source, method: string): readonly string[] =>
  nodesOf(source).flatMap((node) => {
    const isCall =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === method;
    return isCall ? [textOf(node.arguments[0])] : [];
  });

/** The literal values of this key, wherever an object has it. */
export const valuesOf = (source: Source, key: string): readonly string[] =>
  nodesOf(source).flatMap((node) =>
    ts.isPropertyAssignment(node) &&
    ts.isIdentifier(node.name) &&
    node.name.text === key &&
    ts.isStringLiteral(node.initializer)
      ? [node.initializer.text]
      : [],
  );

/** Whatever stands in quotes, with a number for what is put in at run time; specifiers of imports are none of it. */
export const literalsOf = (source: Source): readonly string[] =>
  nodesOf(source).flatMap((node) => {
    if (ts.isTemplateExpression(node)) {
      return [node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join('')];
    }
    const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
    return isText && !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent) ? [node.text] : [];
  });
