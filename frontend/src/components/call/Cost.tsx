import { useState } from 'react';
import { useNow } from '../../hooks/useNow';
import type { Bill } from '../../protocol/bill';
import { duration } from '../../protocol/telling';

interface CostProps {
  readonly bill: Bill | undefined;
  /** Seconds that the call had lasted when the agent was asked; undefined: not known yet. */
  readonly since: number | undefined;
}

/** How long the call has lasted, what it has cost, and how long the last answer took. */
export function Cost({ bill, since }: CostProps) {
  return (
    <dl className="cost">
      <div>
        <dt>Time</dt>
        <dd>
          <Lasted key={since} since={since ?? 0} />
        </dd>
      </div>
      <div title="An estimate by list prices">
        <dt>Cost</dt>
        <dd>{bill ? `about $${bill.usd.toFixed(3)}` : '–'}</dd>
      </div>
      <div title="From the end of what you said to the first sound of the answer">
        <dt>Answered in</dt>
        <dd>{bill && bill.latency > 0 ? `${bill.latency.toFixed(1)} s` : '–'}</dd>
      </div>
    </dl>
  );
}

function Lasted({ since }: { readonly since: number }) {
  const now = useNow();
  const [asked] = useState(now);
  return <>{duration(since + (now - asked) / 1000)}</>;
}
