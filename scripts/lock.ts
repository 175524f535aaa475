import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { execa } from 'execa';
import { z } from 'zod';

/**
 * Makes or refreshes the lock of a component's version: the go.mod and go.sum that its builds are compiled from.
 * docs/builds.md says when to use it; what it writes is committed.
 */

const collectorLocks = fileURLToPath(new URL('../src/components/collector/locks', import.meta.url));
const wireModule = 'github.com/google/wire';
const builderModule = 'go.opentelemetry.io/collector/cmd/builder';

const GoMod = z.object({
  Go: z.string(),
  Replace: z.array(z.object({ Old: z.object({ Path: z.string(), Version: z.string().optional() }), New: z.object({ Path: z.string(), Version: z.string().optional() }) })).nullish(),
  Exclude: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
});

/**
 * Runs `go` in a folder. The checksum database does not know some versions that the module proxy has; only this first
 * resolution would ask it, because every build is verified against the go.sum that comes of it.
 */
async function go(cwd: string, ...args: string[]): Promise<string> {
  const env = { GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GONOSUMDB: noSumDb };
  const { stdout } = await execa('go', args, { cwd, env, stderr: 'inherit' });
  return stdout;
}

let noSumDb = '';

/** A lock module that requires one module, carries its replace lines over, and names the packages to build as tools. */
async function lockModule(folder: string, module: string, version: string, packages: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(['go.mod', 'go.sum'].map((name) => rm(join(folder, name), { force: true })));
  await writeFile(join(folder, 'go.mod'), `module plumbline.dev/lock/${lockName(folder)}\n`);
  const edits = await editsOf(folder, module, version);
  await go(folder, 'mod', 'edit', ...edits, `-require=${module}@${version}`, ...packages.map((path) => `-tool=${path}`));
  await go(folder, 'list', '-mod=mod', '-deps', ...packages);
  await go(folder, 'list', '-mod=readonly', '-deps', ...packages);
}

/** `src/components/mimir/locks/3.1.0` is a lock of mimir, `…/locks/0.131.0/builder` one of the builder. */
function lockName(folder: string): string {
  const parent = dirname(folder);
  return basename(parent) === 'locks' ? basename(dirname(parent)) : basename(folder);
}

/** A module's replace lines only count in its own builds: they are facts of its version, so its lock repeats them. */
async function editsOf(folder: string, module: string, version: string): Promise<string[]> {
  const { GoMod: path } = z.object({ GoMod: z.string() }).parse(JSON.parse(await go(folder, 'mod', 'download', '-json', `${module}@${version}`)));
  const { Go, Replace, Exclude } = GoMod.parse(JSON.parse(await go(folder, 'mod', 'edit', '-json', path)));
  // A replacement without a version is a folder of upstream's repository, which no module contains.
  const replaces = (Replace ?? []).filter(({ New }) => New.Version !== undefined);
  return [
    `-go=${Go}`,
    ...replaces.map(({ Old, New }) => `-replace=${Old.Path}${Old.Version ? `@${Old.Version}` : ''}=${New.Path}@${New.Version}`),
    ...(Exclude ?? []).map(({ Path, Version }) => `-exclude=${Path}@${Version}`),
  ];
}

/** A module that is built itself, in a copy that wire adds to: its own checksums, and the lock of wire. */
async function lockWired(folder: string, module: string, version: string, wireVersion: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { Sum, GoModSum, GoMod: path } = z.object({ Sum: z.string(), GoModSum: z.string(), GoMod: z.string() })
    .parse(JSON.parse(await go(folder, 'mod', 'download', '-json', `${module}@${version}`)));
  const { Go } = GoMod.parse(JSON.parse(await go(folder, 'mod', 'edit', '-json', path)));
  await writeFile(join(folder, 'go.mod'), `module plumbline.dev/lock/${lockName(folder)}\n\ngo ${Go}\n\nrequire ${module} ${version}\n`);
  await writeFile(join(folder, 'go.sum'), `${module} ${version} ${Sum}\n${module} ${version}/go.mod ${GoModSum}\n`);
  await lockModule(join(folder, 'wire'), wireModule, wireVersion, [`${wireModule}/cmd/wire`]);
}

/** The collector's lock: the newest lock's builder.yaml with other versions, the builder's own lock, and what it resolves. */
async function lockCollector(version: string, coreVersion: string): Promise<void> {
  const folder = join(collectorLocks, version);
  const newest = (await readdir(collectorLocks)).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))[0] ?? version;
  const template = await readFile(join(collectorLocks, newest, 'builder.yaml'), 'utf8');
  await lockModule(join(folder, 'builder'), builderModule, `v${version}`, [builderModule]);
  const config = template
    .replace(/^( {2}version: ).*$/m, `$1${version}`)
    .replace(/( v)0\.\d+\.\d+$/gm, `$1${version}`)
    .replace(/( v)1\.\d+\.\d+$/gm, `$1${coreVersion}`);
  await writeFile(join(folder, 'builder.yaml'), config);
  await resolveCollector(folder, config);
}

async function resolveCollector(folder: string, config: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'plumbline-lock-'));
  try {
    const output = join(scratch, 'out');
    await writeFile(join(scratch, 'builder.yaml'), config.replace(/^dist:$/m, `dist:\n  output_path: ${output}`));
    const ocb = join(scratch, 'ocb');
    await go(join(folder, 'builder'), 'build', '-mod=readonly', '-o', ocb, builderModule);
    await execa(ocb, ['--config', join(scratch, 'builder.yaml'), '--skip-compilation'], { cwd: scratch, env: { GONOSUMDB: noSumDb, TMPDIR: scratch }, stdio: 'inherit' });
    for (const name of ['go.mod', 'go.sum']) await cp(join(output, name), join(folder, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const program = new Command('lock').description('Makes or refreshes the lock of a component version.');
program
  .option('--skip-checksums-of <patterns>', 'module paths that the checksum database is not asked about (GONOSUMDB)', '')
  .hook('preAction', () => {
    noSumDb = program.opts<{ skipChecksumsOf: string }>().skipChecksumsOf;
  });
program
  .command('module <folder> <module> <version> <packages...>')
  .description('lock packages of one module, e.g. src/components/mimir/locks/3.1.0 github.com/grafana/mimir v1.3.1 github.com/grafana/mimir/cmd/mimir')
  .action((folder: string, module: string, version: string, packages: string[]) => lockModule(resolve(folder), module, version, packages));
program
  .command('wired <folder> <module> <version> <wireVersion>')
  .description('lock a module whose injectors wire writes, e.g. src/components/grafana/locks/10.0.0 github.com/grafana/grafana v1.9.2 v0.7.0')
  .action((folder: string, module: string, version: string, wireVersion: string) => lockWired(resolve(folder), module, version, wireVersion));
program
  .command('collector <version> <coreVersion>')
  .description('lock a collector, e.g. 0.131.0 with its stable modules at 1.37.0')
  .action(lockCollector);
await program.parseAsync();
