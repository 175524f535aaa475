import { execa } from 'execa';

/**
 * Gives a Docker engine a `golang` of this machine's own toolchain, under a name: enough to compile what needs no module, where no registry
 * is in reach that has the official one.
 *
 * @param engine as in DOCKER_HOST
 */
export async function importGolang(engine: string, name: string): Promise<void> {
  const { stdout: goroot } = await execa('go', ['env', 'GOROOT']);
  const { stdout: needed } = await execa('ldd', ['/bin/sh']);
  const libraries = [...needed.matchAll(/(\/\S+) \(/g)].map((match) => match[1] ?? '');
  const left = ['*_test.go', 'testdata', ...['test', 'api', 'doc', 'misc'].map((folder) => `${goroot.slice(1)}/${folder}`)];
  const files = [goroot, '/bin/sh', '/bin/cp', '/bin/mkdir', ...libraries].map((path) => path.slice(1));
  const tar = execa('tar', ['--create', '--dereference', '--directory=/', ...left.map((pattern) => `--exclude=${pattern}`), '--no-recursion', 'tmp', '--recursion', ...files], { buffer: false });
  await tar.pipe('docker', ['--host', engine, 'import', '--change', `ENV PATH=${goroot}/bin:/usr/bin:/bin GOFLAGS=-buildvcs=false GOTOOLCHAIN=local HOME=/root`, '-', name]);
}
