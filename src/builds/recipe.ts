/** A static binary from a locked Go module. Everything here and every file of lockDir goes into the cache key. */
export interface GoBuild {
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
  /** Files and folders of the generated module that the program reads while it runs; kept in `home` beside the binary. */
  readonly home?: readonly string[];
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
