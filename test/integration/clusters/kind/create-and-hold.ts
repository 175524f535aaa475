/** A program that the tests kill: has kind make a cluster of two nodes, and prints each note of it. */
import { kindProvider } from '../../../../src/clusters/kind/index.ts';
import { newRun } from '../support.ts';

const [runId = '', kindImage = ''] = process.argv.slice(2);
const context = await newRun(runId);
const emit: typeof context.emit = (event) => {
  if (event.kind === 'step.note') console.log(event.note);
};
await kindProvider({ kindImage }).create({ name: 'held', nodes: [{ name: 'node-1' }, { name: 'node-2' }] }, { ...context, emit });
