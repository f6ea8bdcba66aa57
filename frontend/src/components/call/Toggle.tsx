import { Icon, type IconName } from './Icon';

interface ToggleProps {
  readonly name: string;
  readonly icon: IconName;
  readonly on: boolean;
  readonly shortcut?: string;
  /** Off is its usual state, nothing to warn of. */
  readonly calm?: boolean;
  readonly onClick: () => void;
}

/** A round button that is on or off. */
export function Toggle({ name, shortcut, icon, on, calm = false, onClick }: ToggleProps) {
  const key = shortcut === undefined ? '' : ` (${shortcut.toUpperCase()})`;
  return (
    <button
      className="round"
      aria-pressed={on}
      aria-label={name}
      aria-keyshortcuts={shortcut}
      title={`${name}: ${on ? 'on' : 'off'}${key}`}
      data-warn={!on && !calm}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
