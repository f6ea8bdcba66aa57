import { useEffect, useState } from 'react';
import { isObject, isText } from '../protocol/fields';

export interface Persona {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

/** Ask the page's server which personas there are; none where it does not say. */
export function usePersonas(): readonly Persona[] {
  const [personas, setPersonas] = useState<readonly Persona[]>([]);
  useEffect(() => {
    let here = true;
    fetch('/api/personas')
      .then((answer) => answer.json())
      .then(
        (found: unknown) => {
          if (here && Array.isArray(found)) setPersonas(found.filter(isPersona));
        },
        () => undefined,
      );
    return () => {
      here = false;
    };
  }, []);
  return personas;
}

function isPersona(value: unknown): value is Persona {
  if (!isObject(value)) return false;
  return isText(value['name']) && isText(value['title']) && isText(value['description']);
}
