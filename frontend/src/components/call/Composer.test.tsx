import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { Composer } from './Composer';

afterEach(cleanup);

/** A composer with a line in it, whose sending ends when the test says so. */
function typed(unread = '') {
  const sent: string[] = [];
  let end: (arrived: boolean) => void = () => undefined;
  const send = (text: string): Promise<void> => {
    sent.push(text);
    return new Promise((resolve, reject) => {
      end = (arrived) => {
        if (arrived) resolve();
        else reject(new Error());
      };
    });
  };
  render(<Composer ref={null} unread={unread} onSend={send} />);
  const field: HTMLInputElement = screen.getByLabelText('Type to the agent');
  fireEvent.change(field, { target: { value: 'Who are you?' } });
  fireEvent.submit(field);
  const ends = (arrived: boolean) =>
    act(async () => {
      end(arrived);
      await Promise.resolve();
    });
  return { field, sent, ends };
}

describe('a typed line', () => {
  it('goes from the field when it has been sent, and is sent once', async () => {
    const { field, sent, ends } = typed();
    fireEvent.submit(field);
    expect(field.value).toBe('Who are you?');
    await ends(true);
    expect(field.value).toBe('');
    expect(sent).toEqual(['Who are you?']);
  });

  it('stays when it could not be sent', async () => {
    const { field, ends } = typed();
    await ends(false);
    expect(field.value).toBe('Who are you?');
    expect(screen.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', false);
  });

  it('does not take with it what was typed meanwhile', async () => {
    const { field, ends } = typed();
    fireEvent.change(field, { target: { value: 'And why?' } });
    await ends(true);
    expect(field.value).toBe('And why?');
  });

  it('does not wait for the one before', () => {
    const { field, sent } = typed();
    fireEvent.change(field, { target: { value: 'And why?' } });
    fireEvent.submit(field);
    expect(sent).toEqual(['Who are you?', 'And why?']);
  });

  it('is not sent where nobody reads it, and one is told why', () => {
    const { field, sent } = typed('The agent is not here yet');
    expect(sent).toEqual([]);
    expect(field.value).toBe('Who are you?');
    expect(screen.getByTitle('The agent is not here yet')).toHaveProperty('disabled', true);
  });
});
