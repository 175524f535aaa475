/** Line and column of a character, both from 1, as editors and annotations count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text and where it stands: a file, one document of it, or a block of text inside another. */
export interface Source {
  readonly text: string;
  /** @param offset characters from the start of the text */
  place(offset: number): Place;
}

/** A file's text. */
export function fileSource(text: string): Source {
  const starts = lineStarts(text);
  return { text, place: (offset) => placeIn(starts, offset) };
}

/** Part of a text, e.g. one document of a stream. */
export function partOf(outer: Source, from: number, to: number): Source {
  return { text: outer.text.slice(from, to), place: (offset) => outer.place(from + offset) };
}

/**
 * A text that is a scalar of another one. A literal block (`|`) has its lines below the indicator, indented; of any other
 * scalar only the beginning is known, for its line breaks are not those of the file.
 *
 * @param at offset of the scalar in the outer text: of a block, its indicator
 */
export function scalarSource(outer: Source, at: number, value: string, literal: boolean): Source {
  if (!literal) return { text: value, place: () => outer.place(at) };
  const outerStarts = lineStarts(outer.text);
  const innerStarts = lineStarts(value);
  const first = placeIn(outerStarts, at).line + 1;
  return {
    text: value,
    place: (offset) => {
      const { line, column } = placeIn(innerStarts, offset);
      const start = outerStarts[first + line - 2] ?? at;
      return outer.place(start + indentOf(outer.text, outerStarts, first) + column - 1);
    },
  };
}

/** Spaces before the first line of a block that has any text. */
function indentOf(text: string, starts: readonly number[], firstLine: number): number {
  for (let line = firstLine; line <= starts.length; line++) {
    const [, spaces = '', rest = ''] = /^( *)(.?)/.exec(text.slice(starts[line - 1], starts[line])) ?? [];
    if (rest.trim() !== '') return spaces.length;
  }
  return 0;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeIn(starts: readonly number[], offset: number): Place {
  let low = 0;
  for (let high = starts.length; high - low > 1;) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
