import { PlumblineError } from '../../errors.ts';

/** A user's collector configuration that cannot take the seed's place: wrong use, said before anything is made. */
export function configRefused(file: string, expected: string, seen: string, next = 'docs/small-nodes.md says what is taken of it, under "Your own configuration"', cause?: unknown): PlumblineError {
  return new PlumblineError({ code: 'PL-COLLECTOR-CONFIG', kind: 'usage', expected: `${expected} in ${file}`, seen, next, cause });
}
