import { Component, type ReactNode } from 'react';
import { keptSeat } from '../hooks/seat';

interface MishapProps {
  readonly children: ReactNode;
}

interface MishapState {
  readonly happened: boolean;
}

/** Says so where a part of the page cannot be loaded or drawn; a class, as React wants it. */
export class Mishap extends Component<MishapProps, MishapState> {
  override state: MishapState = { happened: false };

  static getDerivedStateFromError(): MishapState {
    return { happened: true };
  }

  override render(): ReactNode {
    if (!this.state.happened) return this.props.children;
    return (
      <main className="return">
        <h1>The page has met something it did not expect</h1>
        <p role="alert">
          {keptSeat()
            ? 'Loading it again brings you back to your call.'
            : 'Load it again, and begin anew.'}
        </p>
        <button
          className="primary"
          onClick={() => {
            location.reload();
          }}
        >
          Load again
        </button>
      </main>
    );
  }
}
