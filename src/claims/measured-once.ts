import { isDeepStrictEqual } from 'node:util';
import type { PlatformSpec } from '../platform/spec.ts';
import type { Check, Subject } from './claim.ts';
import type { Finding, NotJudged } from './result.ts';

/** How a platform is measured for several claims at once, and what was measured so far in this process. */
export interface Measurement<Measured> {
  measure(subject: Subject): Promise<Measured>;
  readonly done: { readonly spec: PlatformSpec; readonly measured: Measured; readonly judgedBy: Set<Check> }[];
}

/** A measurement that several claims' checks share. */
export function measurement<Measured>(measure: (subject: Subject) => Promise<Measured>): Measurement<Measured> {
  return { measure, done: [] };
}

/**
 * The check of a claim that is judged by what a measurement gives. Claims whose platforms are equal are judged by one: whichever comes first
 * measures, the others' platforms are not even deployed. Each check uses a measurement once, so that a repeated claim is measured again.
 */
export function judgedBy<Measured>(shared: Measurement<Measured>, judge: (measured: Measured) => Finding | NotJudged): Check {
  const check: Check = Object.assign(async (subject: Subject) => {
    const measured = await shared.measure(subject);
    shared.done.push({ spec: subject.platform.spec, measured, judgedBy: new Set([check]) });
    return judge(measured);
  }, {
    already: (spec: PlatformSpec) => {
      const one = shared.done.find((done) => !done.judgedBy.has(check) && isDeepStrictEqual(done.spec, spec));
      one?.judgedBy.add(check);
      return one && judge(one.measured);
    },
  });
  return check;
}
