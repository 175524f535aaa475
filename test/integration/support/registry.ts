import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { buildBinary } from '../../../src/builds/binary.ts';
import type { GoBuild } from '../../../src/builds/recipe.ts';
import { RegistryClient } from '../../../src/images/registry/client.ts';
import { registryPlace } from '../../../src/images/registry/place.ts';
import { pushArchive } from '../../../src/images/registry/push.ts';
import type { ImageArchive, PulledImage } from '../../../src/images/source.ts';
import { lastLinesOf, mustRun, startProcess } from '../../../src/processes/start.ts';
import { stop } from '../../../src/processes/stop.ts';
import { until } from '../../../src/run/wait.ts';

/** The distribution project's registry, locked like a component. Built once (a minute on two cores), it starts in a fraction of a second. */
const build: GoBuild = {
  name: 'test-registry', version: '3.0.0', lockDir: fileURLToPath(new URL('./registry-build', import.meta.url)), package: '.', usualSeconds: 60,
};

export interface RegistryOptions {
  /** Where it listens; left out: loopback, with a port of its own. A cluster's nodes need an address that they reach. */
  readonly address?: string;
  /** Left out: any that is free. */
  readonly port?: number;
  /** The registry that it pulls through: `http://127.0.0.1:5000`. */
  readonly pullsThrough?: string;
  /** The `auth` section of its configuration, e.g. htpasswd or token. */
  readonly auth?: object;
  /** PEM files of its certificate and key; left out: plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface StartedRegistry extends AsyncDisposable {
  /** `127.0.0.1:43210`, as references have it. */
  readonly host: string;
  /** With its scheme: what `--registry-prefix` and `--push-to` take. */
  readonly url: string;
  /** Pushes an archive under an official image's name, `otel/collector:1.2.3`, and answers how it is pulled by its digest. */
  push(archive: ImageArchive, name: string): Promise<PulledImage>;
  /** What it was asked so far: `HEAD /v2/otel/collector/manifests/1.2.3`. */
  requests(): Promise<readonly string[]>;
}

/** Starts a registry that nothing outlives: its process and folder go when it is disposed of. */
export async function startRegistry(runId: string, options: RegistryOptions = {}): Promise<StartedRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-registry-'));
  const { path: command } = await buildBinary(build, { signal: new AbortController().signal, runId, step: { note: () => undefined, cached: () => undefined } });
  const config = join(folder, 'config.yml');
  const logFile = join(folder, 'log');
  await mkdir(join(folder, 'data'));
  await writeFile(config, configuration(folder, options));
  const started = await startProcess({ name: 'registry', command, args: [config], runId, logFile, cwd: folder });
  const dispose = async (): Promise<void> => {
    await stop(started, 5000);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const host = await until('registry listening', async () => {
      await mustRun(started);
      return listening(await lastLinesOf(logFile, 1000));
    }, { timeoutMs: 20_000, intervalMs: 20 });
    return registryAt(host, options, logFile, dispose);
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

function registryAt(host: string, { tls }: RegistryOptions, logFile: string, dispose: () => Promise<void>): StartedRegistry {
  const url = `${tls ? 'https' : 'http'}://${host}`;
  return {
    host, url,
    push: async (archive, name) => {
      const colon = name.lastIndexOf(':');
      const client = new RegistryClient(registryPlace(url, 'a test'));
      return pushArchive(client, { ...archive, component: name.slice(0, colon), reference: name });
    },
    requests: async () => (await lastLinesOf(logFile, 100_000)).flatMap((line) => /"([A-Z]+ \/v2\/\S*) HTTP/.exec(line)?.[1] ?? []),
    [Symbol.asyncDispose]: dispose,
  };
}

function configuration(folder: string, { address = '127.0.0.1', port = 0, pullsThrough, auth, tls }: RegistryOptions): string {
  return stringify({
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `${address}:${port}`, ...(tls ? { tls } : {}) },
    ...(auth ? { auth } : {}),
    ...(pullsThrough ? { proxy: { remoteurl: pullsThrough } } : {}),
  });
}

/** It says where it listens once it does. */
function listening(lines: readonly string[]): string | undefined {
  return lines.map((line) => /listening on ([^\s",]+:\d+)/.exec(line)?.[1]).find((host) => host !== undefined);
}
