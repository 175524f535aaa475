import { Command } from 'commander';
import { plumblineVersion } from '../reports/environment.ts';
import { versionsActions } from './choices.ts';
import { withOptions } from './options.ts';

/** Where clusters come from, beside the provider's name. */
const clusterSettings = ['k3sImage', 'k3sArg', 'kindImage', 'kubeconfig', 'context', 'registryPrefix', 'pushTo'] as const;
const clusterFlags = ['provider', 'images', ...clusterSettings] as const;

/** What a verb answers: the exit code. */
type Verb = (words: readonly string[], flags: Readonly<Record<string, unknown>>) => Promise<number>;

/** The verbs, loaded when one is called: `plumbline version` must not wait for a Kubernetes client to load. */
export const verbs = {
  run: async (): Promise<Verb> => (await import('./run.ts')).run,
  size: async (): Promise<Verb> => (await import('./size.ts')).size,
  simulate: async (): Promise<Verb> => (await import('./simulate.ts')).simulate,
  list: async (): Promise<Verb> => (await import('./list.ts')).list,
  lint: async (): Promise<Verb> => (await import('./lint.ts')).lint,
  up: async (): Promise<Verb> => (await import('./up.ts')).up,
  down: async (): Promise<Verb> => (await import('./down.ts')).down,
  doctor: async (): Promise<Verb> => (await import('./doctor.ts')).doctor,
  init: async (): Promise<Verb> => (await import('./init.ts')).init,
  diff: async (): Promise<Verb> => (await import('./diff.ts')).diff,
  config: async (): Promise<Verb> => (await import('./show-config.ts')).showConfig,
  versions: async (): Promise<Verb> => (await import('./versions.ts')).versions,
  version: async (): Promise<Verb> => (await import('./version.ts')).version,
  completion: async (): Promise<Verb> => (await import('./completion.ts')).completion,
} as const;

export type VerbName = keyof typeof verbs;

/**
 * The command line. Options of each verb are declared here, and only those that the verb heeds.
 *
 * @param call takes the verb with its words and the flags as typed, before the configuration file is heeded
 */
export function program(call: (name: VerbName, words: readonly string[], command: Command) => Promise<void>): Command {
  const root = new Command('plumbline')
    .description('Judges claims on an observability platform: real components on a real Kubernetes cluster.')
    .helpCommand('help [verb]', 'show what a verb takes')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', footer)
    .version(plumblineVersion(), '-V, --version', 'print the version');
  const verb = (name: VerbName, words: string, description: string): Command => {
    const command = root.command(words === '' ? name : `${name} ${words}`).description(description);
    return command.action(async () => call(name, command.args, command));
  };
  withOptions(verb('run', '[area|claim-id...]', 'judge claims on real clusters; without a name, all of them'), [
    ...clusterFlags, 'set', 'tenants', 'binding', 'grep', 'keep', 'output', 'reporter', 'quiet', 'noColor', 'failFast', 'repeat', 'dryRun', 'json',
  ]);
  withOptions(verb('size', '', 'find the smallest node and limits with which a collector carries a load'), [
    'load', 'spanBytes', 'outage', 'config', ...clusterFlags, 'set', 'keep', 'output', 'reporter', 'quiet', 'noColor', 'dryRun', 'json',
  ]);
  withOptions(verb('simulate', '', 'measure the target allocator on more nodes than a machine holds'), [
    'nodes', 'targets', 'strategy', 'allocator', 'missing', 'output', 'reporter', 'quiet', 'noColor', 'json',
  ]);
  withOptions(verb('list', '[area|claim-id...]', 'show claims, what each needs, and its twin'), [...clusterFlags, 'set', 'tenants', 'binding', 'grep', 'noColor', 'json']);
  withOptions(verb('lint', '<collector.yaml...>', 'check collector configurations, by file and line; folders and - (stdin) as well'), ['lintReporter', 'strict', 'quiet', 'noColor', 'json']);
  withOptions(verb('up', '[claim-id]', "start a claim's platform, keep it, and say how to reach it"), [
    ...clusterFlags, 'set', 'tenants', 'output', 'reporter', 'quiet', 'noColor',
  ]);
  withOptions(verb('down', '[run-id...]', 'remove kept runs and what ended runs left; a run that still works only when named'), ['kubeconfig', 'context', 'noColor']);
  withOptions(verb('doctor', '', 'say which providers and image sources are usable here, and why not'), [...clusterSettings, 'noColor', 'json']);
  withOptions(verb('init', '', 'write a configuration from what a cluster runs or from files; reads only'), ['fromCluster', 'from', 'kubeconfig', 'configFile', 'force']);
  withOptions(verb('diff', '<report> [report]', 'show what differs between two runs: reports, output folders, or a baseline and a report'), ['writeBaseline', 'noColor', 'json']);
  withOptions(verb('config', '', 'show each setting that would hold for run here, and where it comes from; with the same flags'), [
    ...clusterFlags, 'set', 'tenants', 'binding', 'grep', 'keep', 'output', 'reporter', 'quiet', 'noColor', 'failFast', 'repeat', 'json',
  ]);
  const versions = verb('versions', '<action> [component] [version...]', 'list the versions of components, or add (lock) further ones');
  versions.registeredArguments[0]?.choices(versionsActions);
  withOptions(versions, ['available', 'here', 'build', 'without', 'skipChecksumsOf', 'noColor', 'json']);
  withOptions(verb('version', '', 'print the version of Plumbline and of what it runs on'), ['json']);
  verb('completion', '<shell>', 'print a completion script for bash, zsh or fish');
  return root;
}

const footer = `
Exit codes: 0 kept, 1 a claim is broken, 2 wrong use or configuration, 3 the environment or the harness failed,
            4 partial (something was skipped), 130 interrupted.
Settings:   flag, else its variable (PLUMBLINE_<FLAG>), else plumbline.config.yaml or .ts here or above, else the default.`;
