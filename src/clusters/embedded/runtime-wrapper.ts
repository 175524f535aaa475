import { inNode } from './node-config.ts';

export interface WrapperOptions {
  /** Path of the real runtime. */
  readonly runc: string;
  /** Containers see the node's memory in /proc/meminfo: what reads it there sizes itself by the node, not the machine. */
  readonly meminfo: boolean;
  /** This machine lacks CAP_SYS_RESOURCE: nothing that asks for it, or for a negative oom score, could start. */
  readonly dropPrivileges: boolean;
}

/**
 * An OCI runtime that adapts a bundle to the node and then is runc. It edits config.json and the process file of exec
 * as compact JSON, which is how containerd writes them; a quote inside a JSON string is escaped, so no value of a
 * user's matches.
 */
export function runtimeWrapper(options: WrapperOptions): string {
  const privileges = options.dropPrivileges
    ? ` -e 's/,"CAP_SYS_RESOURCE"//g; s/"CAP_SYS_RESOURCE",?//g; s/"oomScoreAdj":-[0-9]+/"oomScoreAdj":0/'`
    : '';
  const mount = `{"destination":"/proc/meminfo","type":"bind","source":"${inNode}/meminfo","options":["bind","ro"]}`;
  const memory = options.meminfo ? ` -e 's#\\{"destination":"/proc","type":"proc"[^}]*\\}#&,${mount}#'` : '';
  return `#!/bin/sh
bundle=. previous= operation= process=
for argument in "$@"; do
  case $previous in --bundle | -b) bundle=$argument ;; --process | -p) process=$argument ;; esac
  case $argument in
    --bundle=*) bundle=\${argument#--bundle=} ;;
    --process=*) process=\${argument#--process=} ;;
    create | run) operation=create ;;
  esac
  previous=$argument
done
[ -z "$operation" ] || sed -E -i${privileges}${memory} -e '' "$bundle/config.json"
[ -z "$process" ] || [ ! -f "$process" ] || sed -E -i${privileges} -e '' "$process"
exec ${options.runc} "$@"
`;
}
