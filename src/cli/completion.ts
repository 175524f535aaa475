import type { Command } from 'commander';
import { PlumblineError } from '../errors.ts';
import { program } from './program.ts';

/** A verb with what can follow it. */
interface Completed {
  readonly name: string;
  readonly description: string;
  /** What its first argument can be, where that is one of a few. */
  readonly words: readonly string[];
  readonly flags: readonly { readonly long: string; readonly description: string; readonly choices: readonly string[] }[];
}

const shells = ['bash', 'zsh', 'fish'] as const;

/**
 * `plumbline completion <shell>`: a script for the shell to source, made from the same declarations as --help.
 *
 * @throws PlumblineError PL-SHELL-UNKNOWN
 */
export async function completion(words: readonly string[]): Promise<number> {
  process.stdout.write(completionScript(words[0] ?? ''));
  return 0;
}

export function completionScript(shell: string): string {
  const verbs = program(async () => undefined).commands.map(completed);
  if (shell === 'bash') return bash(verbs);
  if (shell === 'zsh') return `autoload -U +X bashcompinit && bashcompinit\n${bash(verbs)}`;
  if (shell === 'fish') return fish(verbs);
  throw new PlumblineError({ code: 'PL-SHELL-UNKNOWN', kind: 'usage', expected: `one of ${shells.join(', ')}`, seen: shell, next: 'plumbline completion bash' });
}

function completed(command: Command): Completed {
  const visible = command.options.filter((option) => !option.hidden && option.long);
  const flags = visible.map((option) => ({ long: option.long ?? '', description: option.description, choices: option.argChoices ?? [] }));
  const words = command.name() === 'completion' ? shells : (command.registeredArguments[0]?.argChoices ?? []);
  return { name: command.name(), description: command.description(), words, flags: [...flags, { long: '--help', description: 'show help', choices: [] }] };
}

function bash(verbs: readonly Completed[]): string {
  const flagCases = verbs.map((verb) => `    ${verb.name}) words="${wordsAfter(verb)}" ;;`);
  const chosen = verbs.flatMap((verb) => verb.flags.filter((flag) => flag.choices.length > 0).map((flag) => ({ verb: verb.name, ...flag })));
  const choiceCases = chosen.map(({ verb, long, choices }) => `    "${verb} ${long}") words="${choices.join(' ')}" ;;`);
  return `_plumbline() {
  local words="${verbs.map((verb) => verb.name).join(' ')}" current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${flagCases.join('\n')}
  esac
  # bash takes = for a word of its own
  [ "$before" = "=" ] && before="\${COMP_WORDS[COMP_CWORD-2]}"
  [ "$current" = "=" ] && before="\${COMP_WORDS[COMP_CWORD-1]}" && current=""
  case "\${COMP_WORDS[1]} $before" in
${choiceCases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _plumbline plumbline ./plumbline
`;
}

function wordsAfter(verb: Completed): string {
  return [...verb.words, ...verb.flags.map((flag) => flag.long)].join(' ');
}

function fish(verbs: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = verbs.flatMap((verb) => [
    `complete -c plumbline -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.description)}`,
    ...verb.flags.map((flag) => {
      const choices = flag.choices.length > 0 ? ` -x -a ${quoted(flag.choices.join(' '))}` : '';
      return `complete -c plumbline -n '__fish_seen_subcommand_from ${verb.name}' -l ${flag.long.slice(2)}${choices} -d ${quoted(flag.description)}`;
    }),
  ]);
  const words = verbs.filter((verb) => verb.words.length > 0).map((verb) => `complete -c plumbline -n '__fish_seen_subcommand_from ${verb.name}' -f -a ${quoted(verb.words.join(' '))}`);
  return `${[...lines, ...words].join('\n')}\n`;
}
