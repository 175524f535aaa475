import { parseDocument } from 'yaml';
import { bytesOf } from '../run/quantity.ts';
import { configurationOf, looksLikeOne } from './configuration.ts';
import type { Configuration, Form } from './configuration.ts';
import { fileSource, partOf, scalarSource } from './source.ts';
import type { Place, Source } from './source.ts';
import { childrenOf, entriesOf, scalarAt, sizeOf, treeOf, valueAt } from './tree.ts';
import type { Leaf, Tree } from './tree.ts';

/** What a file holds of collectors' configurations. */
export interface Documents {
  readonly configurations: readonly Configuration[];
  /** Documents that cannot be parsed. */
  readonly broken: readonly Broken[];
}

export interface Broken {
  readonly place: Place;
  readonly message: string;
  /** It holds `{{`: it is YAML only once a template engine has been over it. */
  readonly template: boolean;
}

/** Words without which nothing is a collector's configuration; parsing is what linting takes its time for. */
const signs = /\b(pipelines|exporters)\b[\\"']*\s*:/;

const definition = /^kind:\s*["']?CustomResourceDefinition\b/m;

/** Beyond it a document is no configuration, but an attack; the collector refuses such anchors, too. */
const mostValues = 1_000_000;

/**
 * Collectors' configurations in a YAML stream: plain ones, those of the operator's resources (v1beta1 and v1alpha1), of ConfigMaps and
 * Secrets, and of Helm values, at any depth and also as text in a block.
 *
 * @param named whether the text must be YAML even where it speaks of no pipeline
 */
export function documentsIn(text: string, named: boolean): Documents {
  const found: { configurations: Configuration[]; broken: Broken[] } = { configurations: [], broken: [] };
  const file = fileSource(text);
  for (const part of parts(file)) if (named || signs.test(part.text)) look(part, { form: 'whole', must: true }, found);
  return found;
}

/** Documents of a stream, each with its `---`. */
function parts(file: Source): readonly Source[] {
  const starts = [0, ...[...file.text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => index).filter((index) => index > 0)];
  return starts.map((start, index) => partOf(file, start, starts[index + 1] ?? file.text.length)).filter(({ text }) => !definition.test(text));
}

interface Whence {
  readonly form: Form;
  /** Whether text that cannot be parsed is worth telling: any text may hold the signs. */
  readonly must: boolean;
  readonly memoryLimit?: number | undefined;
}

type Finds = { readonly configurations: Configuration[]; readonly broken: Broken[] };

function look(source: Source, whence: Whence, found: Finds): void {
  const parsed = parse(source);
  if ('message' in parsed) {
    if (whence.must) found.broken.push(parsed);
    return;
  }
  walk(parsed.tree, source, whence, found, new Set());
}

function parse(source: Source): { readonly tree: Tree } | Broken {
  const broken = (at: number, message: string): Broken => ({ place: source.place(at), message, template: source.text.includes('{{') });
  try {
    const document = parseDocument(source.text, { strict: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
    if (error) return broken(error.pos[0], error.message);
    const lost: Broken[] = [];
    const tree = treeOf(document, (name, at) => void lost.push(broken(at, `nothing has the anchor ${name}`)));
    if (sizeOf(tree) > mostValues) return broken(0, 'its anchors are named too often');
    return lost[0] ?? { tree };
  } catch (thrown) {
    if (thrown instanceof RangeError) return broken(0, 'it is nested too deeply');
    throw thrown;
  }
}

/** Looks through a tree; what an anchor marks is looked at once. */
function walk(tree: Tree, source: Source, whence: Whence, found: Finds, seen: Set<Tree>): void {
  if (seen.has(tree)) return;
  seen.add(tree);
  if (tree.kind === 'leaf') return lookIntoText(tree, source, whence, found);
  if (looksLikeOne(tree)) return void found.configurations.push(configurationOf(tree, source, whence.form, whence.memoryLimit));
  const kind = scalarAt(tree, 'kind');
  if (kind === 'OpenTelemetryCollector') return walkInto(valueAt(tree, 'spec', 'config'), { form: 'whole', must: true, memoryLimit: memoryBeside(valueAt(tree, 'spec')) });
  if (kind === 'ConfigMap' || kind === 'Secret') {
    for (const [key, { value }] of [...entriesOf(valueAt(tree, 'data')), ...entriesOf(valueAt(tree, 'stringData'))]) walkInto(value, { form: 'whole', must: /\.ya?ml$/.test(key) });
    return;
  }
  const inside: Whence = { form: 'merged', must: false, memoryLimit: memoryBeside(tree) };
  for (const value of childrenOf(tree)) walkInto(value, inside);

  function walkInto(value: Tree | undefined, how: Whence): void {
    if (value) walk(value, source, how, found, seen);
  }
}

function lookIntoText({ value, at, literal }: Leaf, source: Source, whence: Whence, found: Finds): void {
  if (typeof value === 'string' && value.includes('\n') && signs.test(value)) look(scalarSource(source, at, value, literal), whence, found);
}

/** Limit of the container that stands beside a configuration, in the operator's resource and in Helm values. */
function memoryBeside(tree: Tree | undefined): number | undefined {
  return bytesOf(scalarAt(tree, 'resources', 'limits', 'memory'));
}
