import { useCallback, useState } from 'react';
import { type Admission, askToJoin, Refused, type Wish } from './admission';

interface Refusal {
  /** HTTP's status; -1 for a mishap of another kind. */
  readonly status: number;
  /** Whether a code was shown. */
  readonly coded: boolean;
}

interface Asking {
  /** Asking, or let in. */
  readonly busy: boolean;
  /** The refusal of what was asked last; undefined while it is asked again. */
  readonly refused: Refusal | undefined;
  readonly ask: (wish: Wish) => Promise<Admission | undefined>;
}

/** Ask to be let in; whoever is refused may ask again. */
export function useAdmission(): Asking {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal>();
  const ask = useCallback(async (wish: Wish): Promise<Admission | undefined> => {
    setBusy(true);
    setRefused(undefined);
    try {
      return await askToJoin(wish);
    } catch (error) {
      const status = error instanceof Refused ? error.status : -1;
      setRefused({ status, coded: wish.code !== undefined && wish.code !== '' });
      setBusy(false);
      return undefined;
    }
  }, []);
  return { busy, refused, ask };
}
