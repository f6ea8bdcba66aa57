import type { Usage } from '../../protocol/message';

interface CostProps {
  readonly usage: Usage | undefined;
}

/** What the call has cost so far, and how long the last answer took. */
export function Cost({ usage }: CostProps) {
  if (!usage) return null;
  return (
    <p className="cost">
      <span title="An estimate by list prices">about ${usage.call_usd.toFixed(3)}</span>
      {usage.latency > 0 && <span>answered in {usage.latency.toFixed(1)} s</span>}
    </p>
  );
}
