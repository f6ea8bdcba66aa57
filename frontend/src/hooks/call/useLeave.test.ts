import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { useLeave } from './useLeave';

afterEach(cleanup);

/** A page in a call, and what it does when the window says something. */
function inCall() {
  const done: string[] = [];
  const disconnect = (): Promise<void> => {
    done.push('leave');
    return Promise.resolve();
  };
  const room = { disconnect };
  const reload = (): void => {
    done.push('reload');
  };
  renderHook(() => {
    useLeave(room, reload);
  });
  return (name: string, more = {}): string[] => {
    window.dispatchEvent(Object.assign(new Event(name), more));
    return done;
  };
}

describe('leaving the page', () => {
  it('is not done yet while it could be stopped', () => {
    expect(inCall()('beforeunload')).toEqual([]);
  });

  it('leaves the room, and coming back to the page comes back to the room', () => {
    const window = inCall();
    expect(window('pagehide', { persisted: true })).toEqual(['leave']);
    expect(window('pageshow', { persisted: true })).toEqual(['leave', 'reload']);
  });

  it('a page that is shown for the first time is not loaded again', () => {
    expect(inCall()('pageshow', { persisted: false })).toEqual([]);
  });
});
