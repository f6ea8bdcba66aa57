import { useState } from 'react';
import { type Admission, askToJoin, Refused, type Wish } from './admission';

interface Asking {
  /** Asking, or let in. */
  readonly busy: boolean;
  /** HTTP's status of the last refusal; -1 for a mishap of another kind. */
  readonly refused: number | undefined;
  readonly ask: (wish: Wish) => Promise<Admission | undefined>;
}

/** Ask to be let in; whoever is refused may ask again. */
export function useAdmission(): Asking {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<number>();
  const ask = async (wish: Wish): Promise<Admission | undefined> => {
    setBusy(true);
    try {
      return await askToJoin(wish);
    } catch (error) {
      setRefused(error instanceof Refused ? error.status : -1);
      setBusy(false);
      return undefined;
    }
  };
  return { busy, refused, ask };
}
