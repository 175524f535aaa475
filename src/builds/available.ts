import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../errors.ts';
import { compilerObstacle } from './c-compiler.ts';
import { refusedModule } from './failure.ts';
import { checkFreeDisk, goCacheDir, withScratch } from './folders.ts';
import type { GoBuild } from './recipe.ts';
import { goEnvironment, oldestGo, toolchain, type Toolchain } from './toolchain.ts';

/** Milliseconds; the plan waits for it, and a proxy that has a module answers in well under a second. */
const proxyTimeoutMs = 20_000;

interface Module {
  readonly path: string;
  readonly version: string;
}

/**
 * The reason why a build cannot succeed here, in one line that names module and version; undefined where nothing
 * stands in its way. Asks the module proxy for what the module cache does not hold, and downloads no sources.
 */
export async function checkAvailable(build: GoBuild): Promise<string | undefined> {
  try {
    const tools = await toolchain();
    const needed = await keyModules(build);
    const old = goTooOld(tools.goVersion, needed.goVersion);
    if (old) return `${build.name} ${build.version}: ${old}`;
    const obstacle = build.cgo ? await compilerObstacle() : undefined;
    if (obstacle) return `${build.name} ${build.version}: ${obstacle}`;
    await checkFreeDisk();
    const missing = await missingModules(needed.modules, tools);
    return missing.length === 0 ? undefined : await askProxy(missing);
  } catch (thrown) {
    if (thrown instanceof PlumblineError) return `${build.name} ${build.version} cannot be built: ${thrown.problem.seen}. ${thrown.problem.next}`;
    return `the lock of ${build.name} ${build.version} cannot be read: ${lastLine(thrown)}`;
  }
}

/** `go` says what is wrong in the last line. */
function lastLine(thrown: unknown): string {
  return lastCause(thrown).trim().split('\n').at(-1) ?? '';
}

const GoMod = z.object({
  Go: z.string().default(oldestGo),
  Require: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
  Replace: z.array(z.object({ Old: z.object({ Path: z.string() }), New: z.object({ Path: z.string(), Version: z.string().optional() }) })).nullish(),
});

/** The modules that a build is about: those that its package, or the main package's own imports, come from. */
async function keyModules(build: GoBuild): Promise<{ goVersion: string; modules: Module[] }> {
  if (build.generator === 'ocb') {
    const { goVersion } = await readGoMod(build.lockDir);
    return { goVersion, modules: await builderModules(build.lockDir) };
  }
  const { goVersion, modules } = await readGoMod(build.lockDir);
  // What is built in its own copy brings its own lock for everything else.
  if (build.generator) return { goVersion, modules: modules.map(({ source }) => source) };
  const imports = build.package.startsWith('.') ? await importsOf(join(build.lockDir, build.package)) : [build.package];
  const found = imports.flatMap((path) => providerOf(path, modules)?.source ?? []);
  return { goVersion, modules: [...new Map(found.map((module) => [module.path, module])).values()] };
}

/** A module that go.mod requires, and the one that its content comes from: another where go.mod replaces it. */
interface Required {
  readonly path: string;
  readonly source: Module;
}

async function readGoMod(folder: string): Promise<{ goVersion: string; modules: Required[] }> {
  const { stdout } = await execa('go', ['mod', 'edit', '-json', join(folder, 'go.mod')]);
  const { Go, Require, Replace } = GoMod.parse(JSON.parse(stdout));
  const replaced = new Map((Replace ?? []).map(({ Old, New }) => [Old.Path, New]));
  const modules = (Require ?? []).map(({ Path, Version }) => {
    const other = replaced.get(Path);
    return { path: Path, source: { path: other?.Path ?? Path, version: other?.Version ?? Version } };
  });
  return { goVersion: Go, modules };
}

/** builder.yaml names a collector's modules as `path version`. */
export async function builderModules(lockDir: string): Promise<Module[]> {
  const Config = z.record(z.string(), z.unknown());
  const Entries = z.array(z.object({ gomod: z.string() }));
  const config = Config.parse(parse(await readFile(join(lockDir, 'builder.yaml'), 'utf8')));
  const entries = Object.values(config).flatMap((value) => Entries.safeParse(value).data ?? []);
  return entries.map(({ gomod }) => {
    const [path = '', version = ''] = gomod.split(' ');
    return { path, version };
  });
}

/** Import paths in a main package; an import always stands in quotes on a line of its own. */
async function importsOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"\s]+\.[^"\s]+\/[^"\s]+)"\s*$/gm)].map((match) => match[1] ?? ''));
}

function providerOf(importPath: string, modules: readonly Required[]): Required | undefined {
  const candidates = modules.filter(({ path }) => importPath === path || importPath.startsWith(`${path}/`));
  return candidates.sort((a, b) => b.path.length - a.path.length)[0];
}

function goTooOld(have: string, need: string): string | undefined {
  return have.localeCompare(need, undefined, { numeric: true }) < 0 ? `its lock needs Go ${need}, this machine has ${have}` : undefined;
}

/** Upper case is written `!a` in the module cache, which must work on file systems that do not tell case apart. */
export function escapedPath(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

async function missingModules(modules: readonly Module[], { moduleCache }: Toolchain): Promise<Module[]> {
  const present = await Promise.all(modules.map(async ({ path, version }) => {
    const folder = join(moduleCache, `${escapedPath(path)}@${escapedPath(version)}`);
    return stat(folder).then(() => true, () => false);
  }));
  return modules.filter((_, index) => !present[index]);
}

/** Asked outside of any module and without the checksum database: nothing of the answer is ever compiled. */
async function askProxy(modules: readonly Module[]): Promise<string | undefined> {
  const names = modules.map(({ path, version }) => `${path}@${version}`);
  await mkdir(goCacheDir(), { recursive: true });
  return withScratch('check', async (cwd) => {
    const env = { ...goEnvironment({ goCache: goCacheDir(), temp: cwd }, ''), GOSUMDB: 'off' };
    const answer = await execa('go', ['list', '-m', '-e', '-json=Path,Version,Error', ...names], { cwd, env, reject: false, timeout: proxyTimeoutMs });
    if (answer.timedOut) return `module ${names[0]?.replace('@', ' ')}: the module proxy gave no answer in ${proxyTimeoutMs / 1000} s`;
    return refusedModule([...answer.stdout.split('\n'), ...answer.stderr.split('\n')]);
  });
}
