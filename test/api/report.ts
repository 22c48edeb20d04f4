/**
 * What an entry of the package promises to its users: each exported name with its declaration, as `tsc` writes it to a .d.ts file, without comments, in the order of names.
 *
 * Files are read one by one, without types being inferred, which takes a moment: what is exported says its types in full, as JSR asks for as well.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";

type Declarations = ReadonlyMap<string, string>;

/** The text of a source file. */
type Read = (url: URL) => string;

/** The report of the entry whose source is at `url`. */
export function apiReport(url: URL, read: Read = (file) => readFileSync(file, "utf8")): string {
  const declarations = [...exportedBy(url, read)].sort(([a], [b]) => (a < b ? -1 : 1));
  return declarations.map(([, text]) => `${text}\n`).join("\n");
}

/** Exported names of a file, its own and those that it passes on, with their declarations. */
function exportedBy(url: URL, read: Read): Declarations {
  const exported = new Map<string, string>();
  const declared = declarationsOf(url, read);
  for (const statement of declared.statements) {
    if (ts.isExportDeclaration(statement)) {
      for (const [name, text] of passedOn(statement, url, read)) exported.set(name, text);
    } else if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      const text = statement.getText().replace(/^export (declare )?/, "");
      // Overloads, and types that share a name with a value, are one promise.
      for (const name of namesOf(statement)) exported.set(name, exported.has(name) ? `${exported.get(name)}\n${text}` : text);
    }
  }
  return exported;
}

function passedOn({ exportClause, moduleSpecifier }: ts.ExportDeclaration, from: URL, read: Read): Declarations {
  // `export {}` says that a file is a module.
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return new Map();
  const all = exportedBy(new URL(moduleSpecifier.text, from), read);
  if (exportClause === undefined) return all;
  if (!ts.isNamedExports(exportClause)) throw new Error(`${from.href}: export * as ... is not in this report yet`);
  return new Map(
    exportClause.elements.map(({ name, propertyName }) => {
      const text = all.get((propertyName ?? name).text);
      if (text === undefined) throw new Error(`${from.href}: ${moduleSpecifier.text} does not export ${name.text}`);
      return [name.text, propertyName === undefined ? text : `// as ${name.text}\n${text}`];
    }),
  );
}

function declarationsOf(url: URL, read: Read): ts.SourceFile {
  const { outputText } = ts.transpileDeclaration(read(url), {
    fileName: url.pathname,
    compilerOptions: { removeComments: true, stripInternal: true, target: ts.ScriptTarget.ES2022, newLine: ts.NewLineKind.LineFeed },
  });
  return ts.createSourceFile(url.pathname, outputText, ts.ScriptTarget.ES2022, true);
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  if (!named || statement.name === undefined) throw new Error(`this report does not know the statement: ${statement.getText()}`);
  return [statement.name.text];
}
