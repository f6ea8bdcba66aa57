/** Running text in rows, as captions are set: 42 characters, broken between words. */

/** Characters in a row of captions, as broadcasters have it. */
export const ROW = 42;

/** Cut text into rows of at most `width` columns; a word that is longer is broken. */
export function rowsOf(text: string, width = ROW): readonly string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of wordsOf(text, width)) {
    const longer = row + word;
    if (row !== '' && columns(longer.trimEnd()) > width) {
      rows.push(row.trimEnd());
      row = word;
    } else {
      row = longer;
    }
  }
  if (row.trim() !== '') rows.push(row.trimEnd());
  return rows;
}

/** Return the two rows that stand under the picture while these words are spoken. */
export function lastRows(text: string): readonly string[] {
  return rowsOf(text).slice(-2);
}

/** Words with the space that follows them; what has no spaces may break at any sign. */
function wordsOf(text: string, width: number): readonly string[] {
  const words = text.trim().match(/\S+\s*/g) ?? [];
  return words
    .map((word) => word.replace(/\s+$/, ' '))
    .flatMap((word) =>
      isWide(word) || columns(word.trimEnd()) > width ? pieces(word, width) : [word],
    );
}

function pieces(word: string, width: number): readonly string[] {
  const signs = Array.from(SIGNS.segment(word), ({ segment }) => segment);
  if (isWide(word)) return signs;
  return Array.from({ length: Math.ceil(signs.length / width) }, (_, index) =>
    signs.slice(index * width, (index + 1) * width).join(''),
  );
}

/** Signs as people count them: an emoji of several code points is one. */
const SIGNS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

function isWide(text: string): boolean {
  return WIDE.test(text);
}

/** How many columns a text takes: signs of East Asian scripts take two. */
function columns(text: string): number {
  let sum = 0;
  for (const sign of text) sum += isWide(sign) ? 2 : 1;
  return sum;
}
