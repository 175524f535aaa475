import type { PlumblineError } from '../errors.ts';

/** What an image is made from. */
export type Build = GoBuild | TreeBuild;

interface Locked {
  /** Why it cannot be built here at all: its version has no lock. */
  readonly unlocked?: PlumblineError;
}

/** A static binary from a locked Go module. Everything here and every file of lockDir goes into the cache key. */
export interface GoBuild extends Locked {
  /** What the user sees, and the binary's file name: `collector`. */
  readonly name: string;
  readonly version: string;
  /** Absolute folder with go.mod and go.sum. */
  readonly lockDir: string;
  /** Package path to build (an import path, or `./x` below lockDir). */
  readonly package: string;
  /** `-X` assignments: upstream's own release build sets its version this way. */
  readonly linkerVariables?: Readonly<Record<string, string>>;
  /** `ocb`: run the collector builder locked in lockDir/builder on lockDir/builder.yaml first, then build what it wrote. */
  readonly generator?: 'ocb' | WireGenerator;
  /** Compile C code too, with the machine's own compiler, and link it statically. */
  readonly cgo?: true;
  readonly tags?: readonly string[];
  /** Files and folders of the compiled module that are kept in `home` beside the binary: for the program, or for whoever deploys it. */
  readonly home?: readonly string[];
  /** Where `home` is from, in place of the compiled module: a module that lockDir requires, by its path. */
  readonly homeModule?: string;
  /** Seconds of a cold build on two idle cores, from the CPU time measured; what the plan shows before the first build. */
  readonly usualSeconds: number;
}

/** Build the module itself in a copy, into which wire, locked in lockDir/wire, has written the injectors of a package. */
export interface WireGenerator {
  readonly kind: 'wire';
  /** Path of the module that lockDir requires. */
  readonly module: string;
  /** Package of that module, e.g. `./pkg/server`. */
  readonly injectors: string;
}

/**
 * A root file system put together from parts, for what is no static binary: a JVM and its application, a Node program, a
 * database. What its programs link dynamically is added from this machine by itself.
 */
export interface TreeBuild extends Locked {
  readonly kind: 'tree';
  readonly name: string;
  readonly version: string;
  /** Laid in this order. Everything here, and every file that is named here, goes into the cache key. */
  readonly parts: readonly TreePart[];
  /** Seconds of a cold build on two idle cores, downloads included. */
  readonly usualSeconds: number;
}

/** `to` is an absolute path in the tree, `folder` an absolute path on this machine. */
export type TreePart = NpmPart | MavenPackagePart | MavenArtifactPart | JlinkPart | ProgramPart | FilesPart;

/** A Node package with its locked dependencies: the folder itself and what `npm ci` installs, without running its scripts. */
export interface NpmPart {
  readonly kind: 'npm';
  /** With package.json and package-lock.json. */
  readonly folder: string;
  readonly to: string;
  /** Globs below `to` of what nothing reads at run time: maps, type declarations. */
  readonly prune?: readonly string[];
}

/** A Spring Boot application that Maven packages, laid unpacked (the jar beside `lib`), which starts faster than jars in a jar. */
export interface MavenPackagePart {
  readonly kind: 'maven-package';
  /** With pom.xml, and libraries.sha256: what lib must hold, as sha256sum writes it. Maven has no lock of its own. */
  readonly folder: string;
  readonly to: string;
}

/** One file of a Maven repository. */
export interface MavenArtifactPart {
  readonly kind: 'maven-artifact';
  /** `group:artifact:version`; always the jar. */
  readonly artifact: string;
  /** Hex digest of the jar. */
  readonly sha256: string;
  /** The file's path, or the folder of what is unpacked. */
  readonly to: string;
  /** A tar archive in the jar, compressed by xz, that is unpacked instead of laying the jar. */
  readonly unpack?: { readonly member: string; readonly prune?: readonly string[] };
}

/** A Java runtime of only these modules, made by this machine's JDK. */
export interface JlinkPart {
  readonly kind: 'jlink';
  readonly modules: readonly string[];
  readonly to: string;
}

/** A program of this machine. */
export interface ProgramPart {
  readonly kind: 'program';
  /** Its name, or its absolute path. */
  readonly program: string;
  readonly to: string;
}

/** Files of Plumbline itself. */
export interface FilesPart {
  readonly kind: 'files';
  readonly folder: string;
  readonly to: string;
}

export function isTree(build: Build): build is TreeBuild {
  return 'kind' in build;
}
