/** A program for a network namespace of its own: makes a cluster of two nodes, removes it, and prints what it met as JSON. */
import { execa } from 'execa';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { rulesOfBridges } from '../../../src/clusters/embedded/firewall.ts';
import { newRun } from './support.ts';

const [runId = ''] = process.argv.slice(2);
const rules = async (): Promise<string> => (await execa('iptables', ['-S'])).stdout;
const before = await rules();
const cluster = await embeddedProvider().create({ name: 'walled', nodes: [{ name: 'one' }, { name: 'two' }] }, await newRun(runId));
const accepted = await rulesOfBridges((link) => link.startsWith('plb'));
await cluster[Symbol.asyncDispose]();
console.log(JSON.stringify({ accepted, restored: (await rules()) === before }));
