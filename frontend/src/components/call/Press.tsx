import { Icon, type IconName } from './Icon';

interface PressProps {
  readonly name: string;
  readonly icon: IconName;
  readonly shortcut?: string;
  readonly className?: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** A round button that does one thing. */
export function Press({ name, icon, shortcut, className = '', disabled, onClick }: PressProps) {
  return (
    <button
      className={`round ${className}`}
      aria-label={name}
      aria-keyshortcuts={shortcut}
      title={shortcut === undefined ? name : `${name} (${shortcut.toUpperCase()})`}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
