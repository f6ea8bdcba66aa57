const PATHS = {
  microphone:
    'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3',
  camera: 'M4 7h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM16 11l6-3v8l-6-3',
  screen: 'M3 5h18v11H3zM8 20h8M12 16v4M9 11l3-3 3 3M12 8v5',
  switch: 'M4 9a8 8 0 0 1 14-3l2 2M20 4v4h-4M20 15a8 8 0 0 1-14 3l-2-2M4 20v-4h4',
  eye: 'M2 12c2.500-4.500 6-6.500 10-6.500s7.500 2 10 6.500c-2.500 4.500-6 6.500-10 6.500s-7.500-2-10-6.500zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  frames: 'M3 7h14v11H3zM7 7V4h14v11h-4M3 15l4-4 4 4 2-2 4 4',
  hush: 'M4 5h16v11H11l-4 4v-4H4zM9.500 8l5 5M14.500 8l-5 5',
  settings: 'M4 7h9M18 7h2M4 17h2M11 17h9M15.500 4.500v5M8.500 14.500v5',
  end: 'M3 14.5c0-1.600.8-2.900 2.100-3.600 4.300-2.300 9.500-2.300 13.800 0 1.300.7 2.100 2 2.100 3.600v.5l-4.800 1v-3.200a15 15 0 0 0-8.400 0V16L3 15z',
  send: 'M4 12h15M13 6l6 6-6 6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawn sign of 24 units; its button has the words. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
