import type { LockTools } from '../builds/lock/lock.ts';
import type { ImageRecipe } from '../images/source.ts';
import { allocatorImage, allocatorModule, allocatorVersions, locksDir as allocatorLocks } from './allocator/image.ts';
import { lockAllocator } from './allocator/lock.ts';
import { collectorImage, collectorVersions, locksDir as collectorLocks } from './collector/image.ts';
import { leftOut, lockCollector } from './collector/lock.ts';
import { optionalParts, releaseModule } from './collector/parts.ts';
import { grafanaImage, grafanaVersions } from './grafana/image.ts';
import { agentVersions, javaAgentImage, nodeInstrumentationImage } from './instrumentation/images.ts';
import { jaegerImage, jaegerVersions } from './jaeger/image.ts';
import { k6Image, k6Versions } from './k6/image.ts';
import { lokiImage, lokiVersions } from './loki/image.ts';
import { mimirImage, mimirVersions } from './mimir/image.ts';
import { locksDir as operatorLocks, operatorImage, operatorModule, operatorVersions } from './operator/image.ts';
import { lockOperator } from './operator/lock.ts';
import { tempoImage, tempoVersions } from './tempo/image.ts';

/** A component that comes in versions. */
export interface Versioned {
  readonly name: string;
  /** Those that can be built, newest first. */
  readonly versions: () => readonly string[];
  readonly image: (version: string) => ImageRecipe;
  /** Parts that a version was locked without. */
  readonly leftOut?: (version: string) => readonly string[];
  /** How a further version is locked; left out where a version does not name the module's. */
  readonly lockable?: Lockable;
}

export interface Lockable {
  /** Of Plumbline's own locks. */
  readonly locksDir: string;
  /** The module whose versions are the component's. */
  readonly module: string;
  /** Names of parts that it can do without. */
  readonly parts?: readonly string[];
  /** Writes a lock into a folder. @throws ToolFailure where something cannot be had */
  readonly write: (folder: string, version: string, tools: LockTools) => Promise<void>;
}

export const versioned: readonly Versioned[] = [
  {
    name: 'collector', versions: collectorVersions, image: collectorImage, leftOut,
    lockable: { locksDir: collectorLocks, module: releaseModule, parts: optionalParts, write: lockCollector },
  },
  { name: 'allocator', versions: allocatorVersions, image: allocatorImage, lockable: { locksDir: allocatorLocks, module: allocatorModule, write: lockAllocator } },
  { name: 'operator', versions: operatorVersions, image: operatorImage, lockable: { locksDir: operatorLocks, module: operatorModule, write: lockOperator } },
  { name: 'mimir', versions: mimirVersions, image: mimirImage },
  { name: 'loki', versions: lokiVersions, image: lokiImage },
  { name: 'tempo', versions: tempoVersions, image: tempoImage },
  { name: 'jaeger', versions: jaegerVersions, image: jaegerImage },
  { name: 'grafana', versions: grafanaVersions, image: grafanaImage },
  { name: 'k6', versions: k6Versions, image: k6Image },
  { name: 'autoinstrumentation-java', versions: () => agentVersions('java'), image: javaAgentImage },
  { name: 'autoinstrumentation-nodejs', versions: () => agentVersions('nodejs'), image: nodeInstrumentationImage },
];
