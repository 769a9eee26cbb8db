// Puts the explorer's cell below the explorer, when the kernel asks for it.
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';

const TARGET = 'retarus_pandas.insert';
const WIDGET = 'application/vnd.jupyter.widget-view+json';

const shows = (cell, model) =>
  (cell.model.outputs?.toJSON() ?? []).some((output) => output.data?.[WIDGET]?.model_id === model);

function insert(notebook, text, explorer) {
  const above = notebook.widgets.findIndex((cell) => shows(cell, explorer));
  const index = (above < 0 ? notebook.activeCellIndex : above) + 1;
  notebook.model.sharedModel.insertCell(index, { cell_type: 'code', source: text, metadata: { trusted: true } });
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  notebook.mode = 'command';
  void show(notebook, index);
}

// A cell far away can have the focus only once it is in the page; scrolling to it fails where somebody else scrolls.
async function show(notebook, index) {
  await Promise.allSettled([notebook.scrollToItem(index)]);
  await NotebookActions.focusActiveCell(notebook);
}

function listen(panel, kernel) {
  kernel?.registerCommTarget(TARGET, (comm, message) => {
    // Of all windows that show the notebook, only the one where the button was clicked.
    if (message.parent_header.session !== kernel.clientId) return;
    const { text, explorer } = message.content.data;
    insert(panel.content, text, explorer);
    comm.close({ inserted: true });
  });
}

function attend(panel) {
  const { sessionContext } = panel;
  listen(panel, sessionContext.session?.kernel);
  sessionContext.kernelChanged.connect((_, change) => listen(panel, change.newValue));
}

export const insertion = {
  id: 'retarus-pandas:insertion',
  description: 'Inserts the cells that the explorer of %retarus makes.',
  autoStart: true,
  requires: [INotebookTracker],
  activate(app, notebooks) {
    notebooks.forEach(attend);
    notebooks.widgetAdded.connect((_, panel) => attend(panel));
  }
};
