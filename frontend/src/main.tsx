/** Starts the page. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './components/App';
import { Mishap } from './components/Mishap';
import './styles/base.css';
import './styles/join.css';
import './styles/call.css';
import './styles/stage.css';
import './styles/sight.css';
import './styles/side.css';
import './styles/controls.css';
import './styles/transcript.css';
import './styles/after.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Mishap>
        <App />
      </Mishap>
    </StrictMode>,
  );
}
