import { useId } from 'react';
import type { Persona } from '../hooks/usePersonas';

interface PersonaPickerProps {
  readonly personas: readonly Persona[];
  /** A name; empty: whoever the agent is of itself. */
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** Who the visitor would like to talk with; absent where there is nobody to choose from. */
export function PersonaPicker({ personas, value, onChange }: PersonaPickerProps) {
  const id = useId();
  if (personas.length < 2) return null;
  const chosen = personas.find((one) => one.name === value);
  return (
    <div className="field">
      <label htmlFor={id}>Talk with</label>
      <select
        id={id}
        value={chosen?.name ?? ''}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">No preference</option>
        {personas.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <p className="hint" id={`${id}-hint`}>
        {chosen?.description ?? 'Whoever the agent is of itself.'}
      </p>
    </div>
  );
}
