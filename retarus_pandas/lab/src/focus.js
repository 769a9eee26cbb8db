// Puts the cursor into the first empty field of the login form, when its cell was run in this window and nobody has
// done anything since.
//
// Only the browser can do that without harm: a cursor that moved a moment later, when the kernel says so, would send
// the rest of a secret that somebody types by then into a field that is saved with the notebook.
import { NotebookActions } from '@jupyterlab/notebook';

const FORM = '.retarus-login';
const FIELD = '.retarus-login-first input';
const DEEDS = ['keydown', 'pointerdown'];
// Milliseconds for a form to be drawn once its cell has run.
const PATIENCE = 3000;

const isInForm = () => Boolean(document.activeElement?.closest(FORM));

function attend(cell) {
  const observer = new MutationObserver(() => {
    if (!isInForm()) cell.node.querySelector(FIELD)?.focus();
    if (isInForm()) stop();
  });
  const stop = () => {
    observer.disconnect();
    DEEDS.forEach((deed) => document.removeEventListener(deed, stop, true));
  };
  DEEDS.forEach((deed) => document.addEventListener(deed, stop, true));
  observer.observe(cell.node, { childList: true, subtree: true });
  return stop;
}

export const focus = {
  id: 'retarus-pandas:focus',
  description: 'Puts the cursor into the first empty field of the login form.',
  autoStart: true,
  activate() {
    const running = new Map();
    NotebookActions.executionScheduled.connect((_, { cell }) => {
      running.get(cell)?.();
      running.set(cell, attend(cell));
    });
    NotebookActions.executed.connect((_, { cell }) => {
      setTimeout(running.get(cell) ?? (() => {}), PATIENCE);
      running.delete(cell);
    });
  }
};
