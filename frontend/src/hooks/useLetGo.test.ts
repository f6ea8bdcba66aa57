import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useLetGo } from './useLetGo';
import type { Tracks } from './useMedia';

interface Call {
  readonly call: Tracks | undefined;
}

it('camera and microphone go off with the call, whether the room took them or not', () => {
  const stopped: string[] = [];
  const track = (name: string) => ({ stop: () => stopped.push(name) }) as never;
  const call = { camera: track('camera'), microphone: track('microphone') };
  const { rerender } = renderHook<undefined, Call>(
    ({ call }) => {
      useLetGo(call);
      return undefined;
    },
    { initialProps: { call: undefined } },
  );
  rerender({ call });
  expect(stopped).toEqual([]);
  rerender({ call: undefined });
  expect(stopped).toEqual(['camera', 'microphone']);
});
