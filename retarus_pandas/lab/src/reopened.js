// In a notebook that is opened again the kernel with the widgets is gone: our outputs then show their text.
import { INotebookTracker } from '@jupyterlab/notebook';

const MARK = 'retarus_pandas';
const FAULT = 'Error displaying widget';

// What the output says where no widget can be shown; nothing, if it is not one of ours.
function textOf(panel, node) {
  const area = panel.content.widgets.find((cell) => cell.node.contains(node))?.outputArea;
  const index = area?.widgets.findIndex((child) => child.node.contains(node)) ?? -1;
  const output = index < 0 ? undefined : area.model.get(index);
  return output?.metadata[MARK] ? output.data['text/plain'] : undefined;
}

function replace(panel, node) {
  const text = node.textContent.startsWith(FAULT) ? textOf(panel, node) : undefined;
  if (text === undefined) return;
  const shown = document.createElement('pre');
  shown.textContent = text;
  // Between words, where JupyterLab breaks the lines of an output anywhere.
  Object.assign(shown.style, { wordBreak: 'normal', overflowWrap: 'anywhere' });
  node.classList.add('jp-RenderedText');
  node.replaceChildren(shown);
}

function attend(panel) {
  const look = (node) => node.querySelectorAll?.('.jupyter-widgets').forEach((each) => replace(panel, each));
  const observer = new MutationObserver((records) =>
    records.forEach(({ target }) => (target.matches('.jupyter-widgets') ? replace(panel, target) : look(target)))
  );
  observer.observe(panel.content.node, { childList: true, subtree: true });
  panel.disposed.connect(() => observer.disconnect());
  look(panel.content.node);
}

export const reopened = {
  id: 'retarus-pandas:reopened',
  description: 'Shows a sentence where a widget of a kernel that is gone stood.',
  autoStart: true,
  requires: [INotebookTracker],
  activate(app, notebooks) {
    notebooks.forEach(attend);
    notebooks.widgetAdded.connect((_, panel) => attend(panel));
  }
};
