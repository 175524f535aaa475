import { execa } from 'execa';

/** A module that the image has beside the toolchain, in a folder that GOPROXY can name: `file:///proxy`. */
export interface ProxiedModule {
  readonly path: string;
  readonly version: string;
}

/**
 * Gives a Docker engine a `golang` of this machine's own toolchain, under a name, where no registry is in reach that has the official one:
 * enough to compile what needs no module, and to fetch one that it brings itself.
 *
 * @param engine as in DOCKER_HOST
 */
export async function importGolang(engine: string, name: string, module: ProxiedModule): Promise<void> {
  const [goroot = '', cache = ''] = (await execa('go', ['env', 'GOROOT', 'GOMODCACHE'])).stdout.split('\n');
  await execa('go', ['mod', 'download', `${module.path}@${module.version}`], { cwd: '/' });
  const { stdout: needed } = await execa('ldd', ['/bin/sh', '/bin/cp', '/bin/mkdir']);
  const libraries = new Set([...needed.matchAll(/(\/\S+) \(/g)].map((match) => match[1] ?? ''));
  const left = ['*_test.go', 'testdata', ...['test', 'api', 'doc', 'misc'].map((folder) => `${goroot.slice(1)}/${folder}`)];
  const downloads = `${cache.slice(1)}/cache/download`;
  const proxied = ['info', 'mod', 'zip'].map((ending) => `${downloads}/${module.path}/@v/${module.version}.${ending}`);
  const files = [...[goroot, '/bin/sh', '/bin/cp', '/bin/mkdir', ...libraries].map((path) => path.slice(1)), ...proxied];
  const tar = execa('tar', [
    '--create', '--dereference', '--directory=/', `--transform=s,^${downloads},proxy,`, ...left.map((pattern) => `--exclude=${pattern}`),
    '--no-recursion', 'tmp', '--recursion', ...files,
  ], { buffer: false });
  await tar.pipe('docker', ['--host', engine, 'import', '--change', `ENV PATH=${goroot}/bin:/usr/bin:/bin GOFLAGS=-buildvcs=false GOTOOLCHAIN=local HOME=/root`, '-', name]);
}
