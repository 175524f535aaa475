import { basename, dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { makeLock } from '../src/builds/lock/lock.ts';
import type { LockTools } from '../src/builds/lock/lock.ts';
import { lockModule, lockWired } from '../src/builds/lock/module.ts';

/**
 * Makes or refreshes the lock of a version of which `plumbline versions add` does not know the module's version: backends, the embedded
 * cluster. docs/builds.md says when to use it; what it writes is committed.
 */

const program = new Command('lock')
  .description('Makes or refreshes the lock of a component version.')
  .option('--skip-checksums-of <patterns>', 'module paths that the checksum database is not asked about (GONOSUMDB)');

/** `src/components/mimir/locks/3.1.0` is a lock of mimir. */
async function lock(folder: string, write: (draft: string, name: string, tools: LockTools) => Promise<unknown>): Promise<void> {
  const { skipChecksumsOf } = program.opts<{ skipChecksumsOf?: string }>();
  const options = { signal: new AbortController().signal, runId: '', note: (line: string) => console.error(line), ...(skipChecksumsOf === undefined ? {} : { skipChecksumsOf }) };
  await makeLock(resolve(folder), options, async (draft, tools) => void (await write(draft, basename(dirname(dirname(resolve(folder)))), tools)));
}

program
  .command('module <folder> <module> <version> <packages...>')
  .description('lock packages of one module, e.g. src/components/mimir/locks/3.1.0 github.com/grafana/mimir v1.3.1 github.com/grafana/mimir/cmd/mimir')
  .action((folder: string, module: string, version: string, packages: string[]) => lock(folder, (draft, name, { go }) => lockModule(draft, { name, module, version, packages }, go)));
program
  .command('wired <folder> <module> <version> <wireVersion>')
  .description('lock a module whose injectors wire writes, e.g. src/components/grafana/locks/10.0.0 github.com/grafana/grafana v1.9.2 v0.7.0')
  .action((folder: string, module: string, version: string, wireVersion: string) => lock(folder, (draft, name, { go }) => lockWired(draft, { name, module, version }, wireVersion, go)));
await program.parseAsync();
