import type { Media } from '../hooks/useMedia';
import { deviceInWords } from '../protocol/wording';

interface ProblemsProps {
  readonly problems: Media['problems'];
  readonly disabled: boolean;
  readonly onAgain: () => void;
}

/** Why camera or microphone cannot be used, and what would help. */
export function Problems({ problems, disabled, onAgain }: ProblemsProps) {
  const { camera, microphone } = problems;
  const words = new Set<string>();
  if (camera !== undefined && camera === microphone) {
    words.add(deviceInWords('camera and microphone', camera));
  } else {
    if (camera !== undefined) words.add(deviceInWords('camera', camera));
    if (microphone !== undefined) words.add(deviceInWords('microphone', microphone));
  }
  if (words.size === 0) return null;
  return (
    <div className="problem" role="alert">
      {[...words].map((text) => (
        <p key={text}>{text}</p>
      ))}
      <button type="button" className="quiet" disabled={disabled} onClick={onAgain}>
        Try again
      </button>
    </div>
  );
}
