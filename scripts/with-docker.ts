/**
 * Runs a command with a Docker engine of its own that has the stand-in for k3s' node image, and removes the engine after it:
 * `node scripts/with-docker.ts ./plumbline run SD-2 --provider k3s`. For machines that have neither an engine nor a registry.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { customAlphabet } from 'nanoid';
import { loadStandIn } from './docker/k3s-stand-in.ts';
import { removeRunFolders } from '../src/run/folders.ts';
import { writeOwner } from '../src/run/owner.ts';
import { runsDir } from '../src/run/paths.ts';
import { startEngine } from './docker/engine.ts';

const id = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 6)();
const stop = new AbortController();
// The command gets the signal itself, and ends in its own time; the engine goes after it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

// A `down` elsewhere on this machine leaves the engine alone while this process lives.
await writeOwner(join(runsDir(), id), { command: 'with-docker', kept: false });
const [command = '', ...args] = process.argv.slice(2);
{
  await using engine = await startEngine(id, stop.signal);
  const image = await loadStandIn(engine.host, { id, dir: '', emit: () => undefined, signal: stop.signal });
  const { exitCode } = await execa(command, args, { stdio: 'inherit', reject: false, env: { DOCKER_HOST: engine.host, PLUMBLINE_K3S_IMAGE: image } });
  process.exitCode = exitCode ?? 3;
}
await removeRunFolders(id);
