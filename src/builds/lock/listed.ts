import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import { lastCause } from '../../errors.ts';
import { refusal } from '../failure.ts';
import { goCacheDir, withScratch } from '../folders.ts';
import { goEnvironment, toolchain } from '../toolchain.ts';

/** Milliseconds; a person waits for it. */
const proxyTimeoutMs = 20_000;

/** What the module index says of a module: versions without their v, newest first, or why it says nothing. */
export type Listed = { readonly versions: readonly string[] } | { readonly reason: string };

/**
 * The released versions that the module proxy lists of a module. A proxy may have versions that it does not list, and what it lists may
 * need a module that it does not have: only locking a version shows that.
 *
 * @throws PlumblineError PL-GO-MISSING
 */
export async function listedVersions(module: string): Promise<Listed> {
  await toolchain();
  await mkdir(goCacheDir(), { recursive: true });
  return withScratch('list', async (cwd) => {
    const env = goEnvironment({ goCache: goCacheDir(), temp: cwd }, '');
    const answer = await execa('go', ['list', '-m', '-versions', module], { cwd, env, reject: false, timeout: proxyTimeoutMs });
    if (answer.timedOut) return { reason: `the module proxy gave no answer in ${proxyTimeoutMs / 1000} s` };
    if (answer.failed) return { reason: refusal(answer.stderr) ?? answer.stderr.trim().split('\n')[0] ?? lastCause(answer) };
    return { versions: releases(answer.stdout) };
  });
}

/** `path v1 v2 …`, oldest first; releases only. */
export function releases(answer: string): readonly string[] {
  return answer.trim().split(/\s+/).slice(1).filter((one) => /^v\d+\.\d+\.\d+$/.test(one)).map((one) => one.slice(1)).toReversed();
}
