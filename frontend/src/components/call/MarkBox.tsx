import type { Rectangle } from '../../protocol/geometry';

interface MarkBoxProps {
  readonly label: string;
  readonly at: Rectangle;
}

/** Where the agent points: corners round the thing, with its name. */
export function MarkBox({ label, at: { left, top, width, height, hidden } }: MarkBoxProps) {
  return (
    <div
      className="mark-box"
      role="img"
      aria-label={`The agent points at: ${label}`}
      data-hidden={hidden}
      data-below={top < 40}
      style={{ left, top, width, height }}
    >
      <span aria-hidden="true">{label}</span>
    </div>
  );
}
