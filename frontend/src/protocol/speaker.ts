/** Who said a line, by the name that the visitor knows them by. */

import type { Transcript } from './message';
import type { People } from './talk';

/** Return `Agent`, `You`, or the name of another visitor. */
export function speakerOf(line: Pick<Transcript, 'who' | 'identity'>, people: People): string {
  if (line.who === 'agent') return 'Agent';
  // A line that says of nobody, and one before anybody is known, is of whoever reads it.
  if (line.identity === '' || people.me === undefined || line.identity === people.me) return 'You';
  return people.names[line.identity]?.trim() || 'Another visitor';
}
