/** What the author of a suite needs, in one import. The folder's files say what each is for. */
export { defineClaim } from '../src/claims/claim.ts';
export type { Claim, Subject } from '../src/claims/claim.ts';
export type { Evidence, Finding } from '../src/claims/result.ts';
export { placesOf } from '../src/platform/platform.ts';
export type { Platform, PodPlace } from '../src/platform/platform.ts';
export { until, whileHolds } from '../src/run/wait.ts';
export { assignments, collectorsOf } from './assignments.ts';
export { firstErrors } from './logs.ts';
export { deliveredBeyond, storedScrapes } from './samples.ts';
export { settle } from './settle.ts';
export { scrapesSince, unscraped } from './scrapes.ts';
