import { fileURLToPath } from 'node:url';
import { buildBinary } from '../../../../src/builds/binary.ts';
import { buildSource } from '../../../../src/images/build-source.ts';
import type { ImageArchive } from '../../../../src/images/source.ts';
import type { RunContext } from '../../../../src/run/context.ts';

const quiet = { note: () => undefined, cached: () => undefined };

/** The real program, from its module. @returns its path */
export async function kindProgram({ id, signal }: RunContext): Promise<string> {
  const lockDir = fileURLToPath(new URL('./locks/0.33.0', import.meta.url));
  const build = { name: 'kind', version: '0.33.0', lockDir, package: 'sigs.k8s.io/kind', usualSeconds: 10 };
  return (await buildBinary(build, { runId: id, signal, step: quiet })).path;
}

/** An image that kind takes for a node's until it comes to kubeadm. */
export function standIn(context: RunContext): Promise<ImageArchive> {
  const folder = fileURLToPath(new URL('./stand-in', import.meta.url));
  const programs = ['bash', 'cat', 'cp', 'mkdir', 'sleep', 'containerd', 'ctr'].map((program) => ({ kind: 'program' as const, program, to: `/usr/bin/${program}` }));
  const build = { kind: 'tree' as const, name: 'kind-stand-in', version: '1', parts: [...programs, { kind: 'files' as const, folder, to: '/' }], usualSeconds: 5 };
  return buildSource().provide({ component: 'kind-stand-in', version: '1', build, entrypoint: '/usr/bin/bash', args: ['/boot'] }, context, quiet);
}
