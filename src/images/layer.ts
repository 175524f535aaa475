import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join, posix, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';

/**
 * An image's one layer: a static binary or a whole tree, and the few files that programs take for granted. Nothing depends on who wrote
 * it when: times, owners and order are fixed.
 */

export interface TreeContent {
  /** The folder of this machine that becomes the image's root. */
  readonly tree: string;
  readonly user?: number | undefined;
}

export interface LayerContent {
  /** Path of the binary on this machine. */
  readonly binary: string;
  /** Absolute path of the binary in the image. */
  readonly entrypoint: string;
  readonly user?: number | undefined;
  /** A folder of this machine that the program reads, and its absolute path in the image. */
  readonly home?: { readonly from: string; readonly to: string } | undefined;
}

/** What differs from one entry to the next. */
export type EntryHeader = Partial<Header> & { readonly name: string };

/** Times at the epoch and root as owner, as every reproducible archive has them. */
const fixed = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' } as const;

/** Writes the layer as an uncompressed tar file and answers its digest: sha256, 64 hex digits. */
export async function writeLayer(content: LayerContent | TreeContent, path: string): Promise<string> {
  const hash = createHash('sha256');
  await writeTar(path, (tar) => fill(tar, content), (chunk) => hash.update(chunk));
  return hash.digest('hex');
}

/** Writes what `fill` adds to a tar file; `see` is shown every byte of it. A failure of `fill` ends the writing too. */
export async function writeTar(path: string, fill: (tar: Pack) => Promise<void>, see: (chunk: Buffer) => void = () => undefined): Promise<void> {
  const tar = pack();
  const filled = fill(tar).then(() => tar.finalize(), (thrown: Error) => tar.destroy(thrown));
  await pipeline(tar, tap(see), createWriteStream(path));
  await filled;
}

async function fill(tar: Pack, content: LayerContent | TreeContent): Promise<void> {
  const program = 'binary' in content ? parents(content.entrypoint) : [];
  for (const folder of ['etc', ...program]) entry(tar, { name: `${folder}/`, type: 'directory', mode: 0o755 });
  // Programs that run as another user than root write temporary files too.
  entry(tar, { name: 'tmp/', type: 'directory', mode: 0o1777 });
  const files: Readonly<Record<string, string>> = {
    'etc/passwd': passwd(content.user),
    'etc/group': group(content.user),
    // Go's resolver then reads /etc/hosts first, which is where Kubernetes writes a pod's own name.
    'etc/nsswitch.conf': 'hosts: files dns\n',
  };
  const own = new Set('tree' in content ? await readdir(content.tree, { recursive: true }) : []);
  for (const [name, text] of Object.entries(files)) if (!own.has(name)) entry(tar, { name, mode: 0o644 }, text);
  if ('tree' in content) return addTree(tar, content.tree, new Set(['etc', 'tmp']));
  if (content.home) await addFolder(tar, content.home.from, content.home.to, new Set(['etc', 'tmp', ...program]));
  await addFile(tar, content.binary, { name: content.entrypoint.slice(1), mode: 0o755 });
}

/** Adds what is below a folder as it is: programs stay executable, links stay links. Folders that are there already are left out: Docker takes no path twice. */
async function addTree(tar: Pack, root: string, there: ReadonlySet<string>): Promise<void> {
  const below = await readdir(root, { withFileTypes: true, recursive: true });
  const paths = below.map((one) => ({ one, path: join(one.parentPath, one.name) })).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { one, path } of paths) {
    const name = relative(root, path);
    if (there.has(name)) continue;
    if (one.isDirectory()) entry(tar, { name: `${name}/`, type: 'directory', mode: 0o755 });
    else if (one.isSymbolicLink()) tar.entry({ ...fixed, name, type: 'symlink', mode: 0o777, linkname: await readlink(path) });
    else await addFile(tar, path, { name, mode: ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755 });
  }
}

/** Adds a folder with everything below it, in one order everywhere, but for the folders that are there already. */
async function addFolder(tar: Pack, from: string, to: string, there: ReadonlySet<string>): Promise<void> {
  for (const folder of parents(`${to}/x`).filter((name) => !there.has(name))) entry(tar, { name: `${folder}/`, type: 'directory', mode: 0o755 });
  const below = await readdir(from, { withFileTypes: true, recursive: true });
  const paths = below.map((one) => ({ path: join(one.parentPath, one.name), folder: one.isDirectory() }));
  for (const { path, folder } of paths.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = posix.join(to.slice(1), relative(from, path));
    if (!folder) await addFile(tar, path, { name, mode: 0o644 });
    else if (!there.has(name)) entry(tar, { name: `${name}/`, type: 'directory', mode: 0o755 });
  }
}

/** Adds a file from this machine. */
export async function addFile(tar: Pack, path: string, headers: EntryHeader): Promise<void> {
  const { size } = await stat(path);
  const sink = tar.entry({ ...fixed, ...headers, size });
  await pipeline(createReadStream(path), sink);
}

/** Adds a folder, or a small file with its content. */
export function entry(tar: Pack, headers: EntryHeader, content = ''): void {
  tar.entry({ ...fixed, ...headers }, content);
}

/** `/usr/bin/x` lies in `usr` and `usr/bin`: an unpacker may want each before what is in it. */
function parents(path: string): string[] {
  const folder = posix.dirname(path).slice(1);
  return folder === '' ? [] : [...parents(`/${folder}`), folder];
}

function passwd(user: number | undefined): string {
  return ['root:x:0:0:root:/:/sbin/nologin', 'nobody:x:65534:65534:nobody:/:/sbin/nologin', ...other(user, (id) => `user:x:${id}:${id}:user:/:/sbin/nologin`), ''].join('\n');
}

function group(user: number | undefined): string {
  return ['root:x:0:', 'nobody:x:65534:', ...other(user, (id) => `user:x:${id}:`), ''].join('\n');
}

function other(user: number | undefined, line: (id: number) => string): string[] {
  return user === undefined || user === 0 || user === 65534 ? [] : [line(user)];
}

/** Passes bytes on and shows them to `see`. */
function tap(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}
