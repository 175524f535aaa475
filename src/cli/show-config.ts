import { table } from '../reports/plan-text.ts';
import { oneLine, styleOf } from '../reports/style.ts';
import type { SettingRow } from './setting-rows.ts';

interface Flags {
  readonly settings?: readonly SettingRow[];
  readonly json?: boolean;
  readonly color?: boolean;
}

/** `plumbline config`: every setting that would hold for `run` here, and where it comes from. */
export async function showConfig(_words: readonly string[], { settings = [], json, color }: Flags): Promise<number> {
  const rows = settings.map(({ name, value, origin }) => [name, origin, valueText(value)]);
  process.stdout.write(json === true ? `${JSON.stringify(settings, undefined, 2)}\n` : `${table(['setting', 'from', 'value'], rows, styleOf(process.stdout, color ?? true))}\n`);
  return 0;
}

function valueText(value: unknown): string {
  if (value === null) return '–';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}
