/** A program that the removal tests kill: makes a run's cluster of two nodes, says when it is ready, and stays. */
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { k3sProvider } from '../../../src/clusters/k3s/index.ts';
import { newRun } from './support.ts';

const [runId = '', k3sImage] = process.argv.slice(2);
const provider = k3sImage === undefined ? embeddedProvider() : k3sProvider({ k3sImage });
await provider.create({ name: 'held', nodes: [{ name: 'one', memoryMiB: 2048 }, { name: 'two' }] }, await newRun(runId));
console.log('ready');
await pause(600_000);
