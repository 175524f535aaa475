import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeArchive, type ArchiveContent, type WrittenArchive } from '../../../src/images/archive.ts';

interface Entry {
  readonly header: Header;
  readonly content: Buffer;
}

let root: string;
let content: ArchiveContent;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-archive-'));
  const binary = join(root, 'binary');
  await writeFile(binary, 'the program');
  content = { binary, entrypoint: '/usr/bin/program', user: 10001, reference: 'plumbline.local/x:1.0.0-abc', arch: 'amd64' };
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(name: string, change: Partial<ArchiveContent> = {}): Promise<WrittenArchive & { path: string }> {
  const path = join(root, name);
  return { path, ...(await writeArchive({ ...content, ...change }, path)) };
}

async function read(stream: Readable): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of stream.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    entries.set(entry.header.name, { header: entry.header, content: Buffer.concat(chunks) });
  }
  return entries;
}

/** As they come, also where one comes twice. */
async function namesIn(tar: Buffer): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of Readable.from(tar).pipe(extract())) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

function json(entries: ReadonlyMap<string, Entry>, name: string): unknown {
  return JSON.parse(entries.get(name)?.content.toString() ?? 'null');
}

function blobOf(digest: string): string {
  return `blobs/sha256/${digest.replace('sha256:', '')}`;
}

test('the same content is the same archive, byte for byte, whenever the binary was written', async () => {
  const first = await write('a.tar');
  await utimes(content.binary, 1000, 1000);
  const second = await write('b.tar');
  expect(await readFile(second.path)).toEqual(await readFile(first.path));
  expect(second.digest).toBe(first.digest);
});

test.each<[string, Partial<ArchiveContent>]>([
  ['user', { user: 0 }],
  ['entry point', { entrypoint: '/program' }],
  ['architecture', { arch: 'arm64' }],
])('another %s is another image', async (_, change) => {
  expect((await write('b.tar', change)).digest).not.toBe((await write('a.tar')).digest);
});

test('every blob has the digest that it is named by, and the digests lead from the index to the layer', async () => {
  const { path, digest, manifestDigest, sizeBytes } = await write('a.tar');
  const entries = await read(createReadStream(path));
  for (const [name, entry] of entries) {
    if (name.startsWith('blobs/sha256/') && entry.header.type === 'file') expect(createHash('sha256').update(entry.content).digest('hex')).toBe(name.slice(13));
  }
  expect(json(entries, 'index.json')).toMatchObject({ manifests: [{ digest: manifestDigest, annotations: { 'io.containerd.image.name': content.reference } }] });
  expect(json(entries, blobOf(manifestDigest))).toMatchObject({ config: { digest }, layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar' }] });
  expect(sizeBytes).toBe((await readFile(path)).length);
});

test('docker load finds the same image in manifest.json', async () => {
  const { path, digest, manifestDigest } = await write('a.tar');
  const entries = await read(createReadStream(path));
  const { layers } = json(entries, blobOf(manifestDigest)) as { layers: { digest: string }[] };
  expect(json(entries, 'manifest.json')).toEqual([{ Config: blobOf(digest), RepoTags: [content.reference], Layers: layers.map((layer) => blobOf(layer.digest)) }]);
});

test('the layer holds the binary, its folders and what programs take for granted', async () => {
  const { path, manifestDigest } = await write('a.tar');
  const entries = await read(createReadStream(path));
  const { layers } = json(entries, blobOf(manifestDigest)) as { layers: { digest: string }[] };
  const layer = await read(Readable.from([entries.get(blobOf(layers[0]?.digest ?? ''))?.content]));
  expect([...layer.keys()]).toEqual(['etc/', 'usr/', 'usr/bin/', 'tmp/', 'etc/passwd', 'etc/group', 'etc/nsswitch.conf', 'usr/bin/program']);
  expect(layer.get('usr/bin/program')).toMatchObject({ content: Buffer.from('the program'), header: { mode: 0o755, uid: 0, gid: 0, mtime: new Date(0) } });
  expect(layer.get('tmp/')?.header.mode).toBe(0o1777);
  expect(layer.get('etc/passwd')?.content.toString()).toContain('user:x:10001:10001:');
});

test('the configuration says what to run as whom', async () => {
  const { path, digest } = await write('a.tar');
  const entries = await read(createReadStream(path));
  expect(json(entries, blobOf(digest))).toMatchObject({ architecture: 'amd64', os: 'linux', config: { Entrypoint: ['/usr/bin/program'], User: '10001:10001' } });
});

test('nothing is left beside the archive, also when the binary is missing', async () => {
  await expect(write('a.tar', { binary: join(root, 'missing') })).rejects.toThrow(/ENOENT/);
  expect((await readdir(root)).filter((name) => name.endsWith('.layer'))).toEqual([]);
});

test('what a program reads while it runs is in its image, in one order, and changes the digest', async () => {
  const home = join(root, 'home');
  await mkdir(join(home, 'conf'), { recursive: true });
  await writeFile(join(home, 'conf', 'defaults.ini'), 'a = 1');
  const [plain, first] = [await write('plain.tar'), await write('first.tar', { home: { from: home, to: '/usr/share/x' } })];
  await utimes(join(home, 'conf', 'defaults.ini'), new Date(0), new Date(1e12));
  expect((await write('again.tar', { home: { from: home, to: '/usr/share/x' } })).digest).toBe(first.digest);
  expect(first.digest).not.toBe(plain.digest);
  const outer = await read(createReadStream(first.path));
  const [manifest] = json(outer, 'manifest.json') as [{ Layers: [string] }];
  const layer = await read(Readable.from(outer.get(manifest.Layers[0])?.content as Buffer));
  expect(layer.get('usr/share/x/conf/defaults.ini')?.content.toString()).toBe('a = 1');
  expect([...layer.keys()]).toEqual(expect.arrayContaining(['usr/share/x/', 'usr/share/x/conf/']));
  // Docker refuses a layer that names a path twice: `/usr` and what it holds is the program's as well.
  expect(await namesIn(outer.get(manifest.Layers[0])?.content as Buffer)).toHaveLength(layer.size);
});

test('a tree is the image\'s root as it is: programs stay executable, links stay links, and it says how it is started', async () => {
  const tree = join(root, 'tree');
  await mkdir(join(tree, 'app', 'lib'), { recursive: true });
  await writeFile(join(tree, 'app', 'run'), 'program', { mode: 0o700 });
  await writeFile(join(tree, 'app', 'lib', 'x.so.1'), 'library', { mode: 0o600 });
  await symlink('x.so.1', join(tree, 'app', 'lib', 'x.so'));
  const described = { tree, entrypoint: '/app/run', args: ['-a'], env: { LC_ALL: 'C' }, workingDir: '/app', user: 10001, reference: content.reference, arch: 'amd64' };
  const first = await writeArchive(described, join(root, 'tree.tar'));
  await utimes(join(tree, 'app', 'run'), 1000, 1000);
  expect(await writeArchive(described, join(root, 'again.tar'))).toEqual(first);
  const outer = await read(createReadStream(join(root, 'tree.tar')));
  expect(json(outer, blobOf(first.digest))).toMatchObject({ config: {
    Entrypoint: ['/app/run', '-a'], WorkingDir: '/app', User: '10001:10001', Env: [expect.stringMatching(/^PATH=/), 'LC_ALL=C'],
  } });
  const [manifest] = json(outer, 'manifest.json') as [{ Layers: [string] }];
  const layer = await read(Readable.from(outer.get(manifest.Layers[0])?.content as Buffer));
  const modes = [...layer].filter(([name]) => name.startsWith('app/')).map(([name, { header }]) => [name, header.type, header.mode]);
  expect(modes).toEqual([['app/', 'directory', 0o755], ['app/lib/', 'directory', 0o755], ['app/lib/x.so', 'symlink', 0o777], ['app/lib/x.so.1', 'file', 0o644], ['app/run', 'file', 0o755]]);
  expect(layer.get('app/lib/x.so')?.header.linkname).toBe('x.so.1');
  expect(layer.get('etc/passwd')?.content.toString()).toContain('user:x:10001:10001:');
});

test('a tree with folders and files that every image has is laid without any path twice, which Docker would refuse', async () => {
  const tree = join(root, 'tree');
  for (const folder of ['etc/app', 'tmp']) await mkdir(join(tree, folder), { recursive: true });
  await writeFile(join(tree, 'etc/passwd'), 'its own');
  await writeArchive({ tree, entrypoint: '/run', reference: content.reference, arch: 'amd64' }, join(root, 'tree.tar'));
  const outer = await read(createReadStream(join(root, 'tree.tar')));
  const [manifest] = json(outer, 'manifest.json') as [{ Layers: [string] }];
  const laid: [string, string][] = [];
  for await (const entry of Readable.from([outer.get(manifest.Layers[0])?.content]).pipe(extract())) laid.push([entry.header.name, await text(entry)]);
  expect(laid.map(([name]) => name).toSorted()).toEqual(['etc/', 'etc/app/', 'etc/group', 'etc/nsswitch.conf', 'etc/passwd', 'tmp/']);
  expect(laid).toContainEqual(['etc/passwd', 'its own']);
});
