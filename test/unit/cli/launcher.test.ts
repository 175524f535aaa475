import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../../..');

let clone = '';
let tools = '';
beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumbline-launcher-')));
  clone = join(folder, 'clone');
  tools = join(folder, 'tools');
  mkdirSync(join(clone, 'src', 'cli'), { recursive: true });
  mkdirSync(tools);
  cpSync(join(repository, 'plumbline'), join(clone, 'plumbline'));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  for (const name of ['sh', 'readlink', 'dirname', 'find', 'touch', 'mkdir', 'rmdir', 'sleep', 'rm', 'cat', 'flock']) {
    const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    if (path !== '') symlinkSync(path, join(tools, name));
  }
});
afterEach(() => rmSync(join(clone, '..'), { recursive: true }));

function tool(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** An npm that takes a moment and installs a Node which says how it was called. */
function npmAndNode(): void {
  tool('node', 'echo 20');
  tool('npm', `echo install >> "${clone}/installs"
[ -e node_modules ] && [ ! -e node_modules/.package-lock.json ] && echo collision >> "${clone}/installs"
rm -rf node_modules; mkdir -p node_modules/.bin; sleep 0.3
printf '#!/bin/sh\\nwhile case $1 in --*) ;; *) false; esac; do shift; done; echo "$PWD:$*"\\nexit 4\\n' > node_modules/.bin/node; /bin/chmod 755 node_modules/.bin/node
echo {} > node_modules/.package-lock.json`);
}

async function launch(path = join(clone, 'plumbline'), words: readonly string[] = []) {
  const child = spawn(path, words, { cwd: '/', env: { PATH: tools }, stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

const installs = (): string => readFileSync(join(clone, 'installs'), 'utf8');

describe('./plumbline', () => {
  it('installs nothing through a link: what lies there is somebody else\'s', async () => {
    npmAndNode();
    const elsewhere = join(clone, '..', 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(clone, 'node_modules'));
    expect(await launch()).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('is a link to a folder without the dependencies') });
    mkdirSync(join(elsewhere, '.bin'));
    writeFileSync(join(elsewhere, '.bin', 'node'), '#!/bin/sh\nexit 4\n', { mode: 0o755 });
    // Older than the lock file, or without npm's mark: not ours to mend.
    expect(await launch()).toEqual({ code: 4, stdout: '', stderr: '' });
    expect(() => installs()).toThrow(/ENOENT/);
  });

  it('installs once, says so on stderr, and hands on words, working folder and exit code', async () => {
    npmAndNode();
    const expected = { code: 4, stdout: `/:${clone}/src/cli/main.ts run a b\n` };
    const first = await launch(undefined, ['run', 'a b']);
    expect(first).toMatchObject(expected);
    expect(first.stderr).toContain('installing node dependencies');
    expect(await launch(undefined, ['run', 'a b'])).toEqual({ ...expected, stderr: '' });
    expect(installs()).toBe('install\n');
  });

  it('installs again when the lock file is newer', async () => {
    npmAndNode();
    await launch();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(clone, 'package-lock.json'), later, later);
    await launch();
    expect(installs()).toBe('install\ninstall\n');
  });

  it('works through links from anywhere', async () => {
    npmAndNode();
    symlinkSync('clone/plumbline', join(clone, '..', 'inner'));
    symlinkSync(join(clone, '..', 'inner'), join(tools, 'pl'));
    expect((await launch(join(tools, 'pl'), ['list'])).stdout).toBe(`/:${clone}/src/cli/main.ts list\n`);
  });

  it.each([true, false])('started twice at once installs once (flock: %s)', async (flock) => {
    npmAndNode();
    if (!flock) {
      rmSync(join(tools, 'flock'), { force: true });
      rmSync(join(tools, 'sleep'));
      tool('sleep', '/bin/sleep 0.2'); // its 5 s between looks are for people
    }
    const ends = await Promise.all([launch(), launch(), launch()]);
    expect(ends.map((end) => end.code)).toEqual([4, 4, 4]);
    expect(installs()).toBe('install\n');
  });

  it.each([
    ['no Node.js', () => undefined, 'Node.js is missing'],
    ['no npm', () => tool('node', 'echo 20'), 'npm is missing'],
    ['an old Node.js', () => (tool('node', 'echo 18'), tool('npm', 'exit 0')), 'Node.js 18 is too old'],
  ])('with %s says so in one line and ends with 3', async (_, prepare, message) => {
    prepare();
    const end = await launch();
    expect(end).toMatchObject({ code: 3, stdout: '' });
    expect(end.stderr).toMatch(new RegExp(`^plumbline: ${message}[^\\n]*\\n$`));
  });

  it('ends with 3 when npm fails or installs no Node.js', async () => {
    tool('node', 'echo 20');
    tool('npm', 'exit 1');
    expect(await launch()).toMatchObject({ code: 3, stderr: expect.stringContaining('npm ci failed') as string });
    tool('npm', 'mkdir -p node_modules');
    expect(await launch()).toMatchObject({ code: 3, stderr: expect.stringContaining('install scripts') as string });
  });
});

it('plumbline really starts from another folder', () => {
  const { status, stdout } = spawnSync(join(repository, 'plumbline'), ['version', '--json'], { cwd: '/', encoding: 'utf8' });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ plumbline: expect.any(String) as string, node: expect.stringMatching(/^24\./) as string });
});

it('a closed pipe is no error', async () => {
  const child = spawn(join(repository, 'plumbline'), ['run', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy(); // as `| head` does, long before anything is written
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  expect(await text(child.stderr)).toBe('');
  expect(await code).toBe(0);
});
