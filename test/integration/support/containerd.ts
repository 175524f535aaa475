import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { until } from '../../../src/run/wait.ts';

export interface StartedContainerd extends AsyncDisposable {
  /** Everything of it, and a place for the test's own files. */
  readonly root: string;
  /** Runs `ctr` against it, in the namespace that the kubelet uses. */
  ctr(...args: string[]): Promise<string>;
  /** The digest of the configuration that it stored for an image. */
  storedConfig(reference: string): Promise<string>;
}

/** A containerd of the test's own: nothing of the machine's is touched. */
export async function startContainerd(): Promise<StartedContainerd> {
  const root = await mkdtemp(join(tmpdir(), 'pl-ctr-'));
  const config = join(root, 'config.toml');
  await mkdir(join(root, 'state'));
  await writeFile(config, [
    'version = 2',
    `root = "${root}/root"`,
    `state = "${root}/state"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `[grpc]\naddress = "${root}/c.sock"`,
    '[ttrpc]\naddress = ""',
  ].join('\n'));
  const daemon = execa('containerd', ['--config', config], { all: true, reject: false });
  const ctr = async (...args: string[]): Promise<string> => (await execa('ctr', ['--address', join(root, 'c.sock'), '--namespace', 'k8s.io', ...args])).stdout;
  const storedConfig = async (reference: string): Promise<string> => {
    const listed = await ctr('images', 'ls', `name==${reference}`);
    const manifest = /sha256:[0-9a-f]{64}\s/.exec(listed)?.[0].trim() ?? `no digest in ${listed}`;
    const { config: stored } = JSON.parse(await ctr('content', 'get', manifest)) as { config: { digest: string } };
    return stored.digest;
  };
  const dispose = async (): Promise<void> => {
    daemon.kill('SIGTERM');
    await daemon;
    await rm(root, { recursive: true, force: true });
  };
  try {
    await until('containerd answering', async () => ctr('version').then(() => true), { timeoutMs: 60_000, intervalMs: 50 });
    return { root, ctr, storedConfig, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}
