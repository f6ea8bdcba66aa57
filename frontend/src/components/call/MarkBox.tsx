import { labelSide, type Rectangle } from '../../protocol/geometry';

interface MarkBoxProps {
  readonly label: string;
  readonly at: Rectangle;
  /** Width of the picture it lies in, CSS pixels. */
  readonly room: number;
}

/** Where the agent points: corners round the thing, with its name. */
export function MarkBox({ label, at, room }: MarkBoxProps) {
  const { left, top, width, height, hidden } = at;
  return (
    <div
      className="mark-box"
      role="img"
      aria-label={`The agent points at: ${label}`}
      data-hidden={hidden}
      data-below={top < 40}
      data-side={labelSide(at, room)}
      style={{ left, top, width, height }}
    >
      <span aria-hidden="true">{label}</span>
    </div>
  );
}
