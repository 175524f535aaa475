/** Asks the server in its first argument for the address of the name in its second; a program, run in a node's network. */
import { Resolver } from 'node:dns/promises';

const [server = '', name = ''] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 1000, tries: 1 });
resolver.setServers([server]);
try {
  console.log((await resolver.resolve4(name)).join('\n'));
} catch (thrown) {
  console.error(`${server}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
