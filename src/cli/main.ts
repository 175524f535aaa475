import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { PlumblineError, exitCodes } from '../errors.ts';
import { styleOf } from '../reports/style.ts';
import { configIn, findConfig, openConfig } from './config.ts';
import type { Config } from './config.ts';
import type { ConfigFile } from './config-file.ts';
import type { ConfigOnly } from './config-platforms.ts';
import { watchForDefects } from './interrupt.ts';
import type { Installed } from '../platform/installed-spec.ts';
import { program, verbs } from './program.ts';
import type { VerbName } from './program.ts';
import { settingRows, typedSources } from './setting-rows.ts';
import { settle } from './settings.ts';
import { asPlumblineError, defectDetails, errorText } from './show-error.ts';

/**
 * Runs the command line and answers its exit code; whatever goes wrong is shown on stderr and is no exception.
 *
 * @param words what was typed after `plumbline`
 */
export async function main(words: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.kept;
  const root = program(async (name, args, command) => {
    const path = withoutConfig.has(name) ? undefined : findConfig(process.cwd());
    const file = path === undefined ? undefined : await openConfig(path);
    const config = file === undefined ? {} : configIn(file);
    const typed = typedSources(command);
    settle(command, config);
    const beside = file === undefined ? {} : await besideFlags(config, file, name);
    const verb = await verbs[name]();
    const settings = name === 'config' ? { settings: settingRows(command, typed, config, file) } : {};
    exitCode = await verb(args, { ...command.opts(), ...beside, ...settings });
  });
  for (const command of [root, ...root.commands]) command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    await root.parseAsync(bareKeep(words), { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return thrown instanceof CommanderError ? commanderEnd(thrown, root, words) : showError(thrown);
  }
}

/** Verbs that have nothing to do with a configuration file, and `init`, which may be there to write another. */
const withoutConfig: ReadonlySet<VerbName> = new Set(['init', 'version', 'completion']);

/**
 * What the file says that has no flag, for verbs that have to do with platforms: the others must not want for its files, nor for the
 * credentials of the user's own platform.
 */
async function besideFlags(config: Config, file: ConfigFile, name: VerbName): Promise<ConfigOnly & { readonly installed?: Installed }> {
  if (!['run', 'size', 'list', 'up'].includes(name)) return {};
  const own = await (await import('./config-platforms.ts')).configOnly(config, file);
  const installed = config.platform === undefined || name === 'size' ? undefined : (await import('./installed-config.ts')).readInstalled(file);
  return { ...own, ...(installed ? { installed } : {}) };
}

/** `--keep SD-1` means to keep and to run SD-1; commander would take SD-1 for the flag's value. */
function bareKeep(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => (word === '--keep' && (end < 0 || index < end) ? '--keep=always' : word));
}

/** commander ends by an exception for help and version, too. */
function commanderEnd(error: CommanderError, root: Command, words: readonly string[]): number {
  if (error.exitCode === 0) return exitCodes.kept;
  if (error.code === 'commander.help') return exitCodes.usage; // no verb: the help has been shown
  const verb = root.commands.find((command) => command.name() === words[0])?.name();
  const [seen = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const help = `plumbline ${verb === undefined ? '' : `${verb} `}--help`;
  const next = [...hints.map((hint) => hint.replace(/^\(|\)$/g, '')), help].filter((hint) => hint !== '').join('  or  ');
  return showError(new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected: 'a verb and flags that Plumbline knows', seen, next }));
}

function showError(thrown: unknown): number {
  const known = asPlumblineError(thrown, undefined);
  process.stderr.write(errorText(known, styleOf(process.stderr, true)));
  if (process.env['DEBUG'] && !(thrown instanceof PlumblineError)) process.stderr.write(defectDetails(thrown));
  return known.exitCode;
}

/** `plumbline list | head` closes the pipe early, which is no error; anything else on these streams is one. */
function allowClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

if (import.meta.main) {
  allowClosedPipe(process.stdout);
  allowClosedPipe(process.stderr);
  const defects = watchForDefects(process, showError);
  const exitCode = await main(process.argv.slice(2));
  // At the very end, because libraries (vitest, which runs the suites) set the process's exit code as well.
  process.on('exit', () => void (process.exitCode = exitCode || defects()));
}
