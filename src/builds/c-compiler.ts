import { isAbsolute } from 'node:path';
import { mayInstall } from '../processes/apt.ts';
import { command } from '../processes/command.ts';
import { findProgram } from '../processes/find.ts';

/** Debian's packages with a C compiler, and with the C library to link statically. */
const compilerPackages = { gcc: 'gcc', libc: 'libc6-dev' } as const;

/** Debian packages that builds of C code lack on this machine. */
export async function missingCompiler(): Promise<readonly string[]> {
  if ((await findProgram('gcc')) === undefined) return Object.values(compilerPackages);
  // It answers the bare name of a file that it does not find.
  const library = await command('gcc', ['-print-file-name=libc.a']).catch(() => '');
  return isAbsolute(library.trim()) ? [] : [compilerPackages.libc];
}

/** Why C code cannot be built here; undefined where it can, or where a run may install what is missing. */
export async function compilerObstacle(): Promise<string | undefined> {
  const missing = await missingCompiler();
  const installable = process.getuid?.() === 0 && (await mayInstall());
  if (missing.length === 0 || installable) return undefined;
  return `it needs a C compiler and the static C library: install ${missing.join(' and ')}, or what this system calls them`;
}
