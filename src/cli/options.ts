import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { bounds, defaults, strategies } from '../simulation/options.ts';
import { imageChoices, keepChoices, lintReporterChoices, providerChoices, reporterChoices } from './choices.ts';

/** The variable of a flag: `--fail-fast` is PLUMBLINE_FAIL_FAST. */
export function environmentName(longFlag: string): string {
  return `PLUMBLINE_${longFlag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`;
}

function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(environmentName(option.long ?? flags));
}

export const options = {
  provider: () => flag('--provider <name>', 'where clusters come from').choices(providerChoices).default('auto'),
  k3sImage: () => flag('--k3s-image <image>', 'node image of the provider k3s'),
  k3sArg: () => flag('--k3s-arg <argument>', 'a further argument of every k3s node, e.g. --kubelet-arg=max-pods=50 (repeatable)').argParser(oneMore),
  kindImage: () => flag('--kind-image <image>', 'node image of the provider kind'),
  kubeconfig: () => flag('--kubeconfig <file>', 'kubeconfig of existing clusters (default: as kubectl finds it)'),
  context: () => flag('--context <name>', 'context of it; several, a cluster each: --context a,b').argParser(listed),
  registryPrefix: () => flag('--registry-prefix <host/path>', 'in front of every official image, e.g. of a pull-through cache'),
  pushTo: () => flag('--push-to <host/path>', 'registry that takes what is built here, for the nodes to pull'),
  images: () => flag('--images <source>', 'where images come from: a registry, or built here').choices(imageChoices).default('auto'),
  set: () => flag('--set <key=value>', 'override a value of the platforms, e.g. collector.version=0.128.0 (repeatable)').argParser(keyValue),
  tenants: () => flag('--tenants <file>', 'your own tenants and limits, in place of the claims\' ones'),
  binding: () => flag('--binding <names>', 'claim ids or areas that decide about the run; the others are reported: --binding SD-1,delivery').argParser(listed),
  grep: () => flag('--grep <expression>', 'only claims whose id, area or sentence matches').argParser(expression),
  keep: () => flag('--keep [when]', 'keep clusters for a look at them; bare --keep means always').choices(keepChoices).default('never').preset('always'),
  output: () => flag('--output <dir>', 'folder of the reports (default: plumbline-output/<run-id>)'),
  reporter: () => flag('--reporter <name>', 'how a run is shown: auto is live on a terminal, else plain').choices(reporterChoices).default('auto'),
  lintReporter: () => flag('--reporter <name>', 'how findings are shown: for a person, or as ndjson, junit or github on stdout').choices(lintReporterChoices).default('auto'),
  strict: () => flag('--strict', 'a warning is an error, too'),
  quiet: () => flag('-q, --quiet', 'only verdicts, warnings and what failed'),
  noColor: () => flag('--no-color', 'no colours; NO_COLOR does the same'),
  load: () => flag('--load <spans/s>', 'spans a second that one collector has to carry').argParser(whole(1, 100_000)),
  spanBytes: () => flag('--span-bytes <n>', 'size of a span (default: 1000)').argParser(whole(150, 20_000)),
  outage: () => flag('--outage <seconds>', 'without a backend, which it has to bridge (default: 5)').argParser(whole(0, 60)),
  config: () => flag('--config <file>', 'your own collector configuration, in place of the seed\'s'),
  nodes: () => flag('--nodes <list>', 'sizes of the simulated clusters').argParser(wholes(bounds.fewestNodes, bounds.mostNodes)).default(defaults.nodes, defaults.nodes.join(',')),
  targets: () => flag('--targets <list>', 'their targets; several with one number of nodes only').argParser(wholes(bounds.fewestNodes, bounds.mostTargets)).default(defaults.targets, defaults.targets.join(',')),
  strategy: () => flag('--strategy <name>', 'how targets are assigned').choices(strategies).default(defaults.strategy),
  allocator: () => flag('--allocator <version>', 'version of the allocator (default: 0.131.0)'),
  missing: () => flag('--missing <n>', 'nodes whose collector is missing').argParser(whole(0, bounds.mostNodes)).default(0),
  failFast: () => flag('--fail-fast', 'stop at the first claim that is not kept'),
  repeat: () => flag('--repeat <n>', 'judge every claim n times').argParser(whole(1, 9999)).default(1),
  dryRun: () => new Option('--dry-run', 'show the plan and what is cached, and change nothing'),
  fromCluster: () => new Option('--from-cluster [context]', 'read what the cluster of a context runs (default: the current one)'),
  from: () => new Option('--from <files...>', 'read collector configurations, Kubernetes objects and Helm values; folders and - (stdin) as well'),
  configFile: () => new Option('--output <file>', 'the configuration to write (default: plumbline.config.yaml), or - for stdout'),
  force: () => new Option('--force', 'replace the file that is there'),
  writeBaseline: () => new Option('--write-baseline <file>', 'write what the one report is compared by, to be committed'),
  available: () => new Option('--available', 'list: ask the module proxy for versions that are not locked, too'),
  here: () => new Option('--here', 'add: lock in this clone of Plumbline, to be committed, in place of your own folder'),
  build: () => new Option('--build', 'add: build the image at once'),
  without: () => new Option('--without <parts>', 'add: lock a collector without parts that cannot be had, e.g. loadbalancingexporter').argParser(listed),
  skipChecksumsOf: () => new Option('--skip-checksums-of <patterns>', 'add: module paths that the checksum database is not asked about, as in GONOSUMDB'),
  json: () => new Option('--json', 'as JSON'),
} as const;

/** Adds flags to a verb, in the order given. */
export function withOptions(command: Command, names: readonly (keyof typeof options)[]): Command {
  for (const name of names) command.addOption(options[name]());
  return command;
}

/** `a=1` after what was given before; the variable holds several as `a=1,b=2`. */
export function keyValue(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const pairs = text.split(/,(?=[\w.-]+=)/).map((pair) => /^([\w.-]+)=(.*)$/s.exec(pair));
  if (pairs.includes(null)) throw new InvalidArgumentError('It must read key=value, e.g. collector.version=0.128.0.');
  return { ...before, ...Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}

/** One more value after those given before; the variable holds one a line. */
function oneMore(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split('\n').filter((one) => one !== '')];
}

/** Names with commas between them. */
function listed(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((one) => one.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names with commas between them.');
  return [...before, ...names];
}

/** A regular expression, in any case. */
export function expression(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof Error ? `${thrown.message}.` : 'It is no regular expression.');
  }
}

/** Reads whole numbers between these, with commas between them; each once. */
function wholes(least: number, most: number): (text: string) => readonly number[] {
  const one = whole(least, most);
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}

/** Reads whole numbers between these. */
function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return number;
  };
}
