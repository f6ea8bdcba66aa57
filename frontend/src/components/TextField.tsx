import type { InputHTMLAttributes } from 'react';

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** One line of text with its name above it. */
export function TextField({ label, onChange, ...input }: TextFieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        {...input}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}
