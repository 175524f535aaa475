import { PlumblineError } from '../../errors.ts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** @throws PlumblineError PL-NEEDS-ROOT */
export function mustBeRoot(): void {
  if (isRoot()) return;
  throw new PlumblineError({
    code: 'PL-NEEDS-ROOT', kind: 'environment', expected: 'to run as root, which makes the namespaces, links and cgroups of an embedded cluster',
    seen: `user id ${process.getuid?.()}`, next: 'Run the same command with sudo.',
  });
}
