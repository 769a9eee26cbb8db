// Another language for the editors of cells that begin with %%retarus.
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';

import { retarusLanguage } from './graphql.js';

// Also below the magics of IPython that run the rest as a cell of its own.
const BEGINNING = /^\s*(?:%%(?:time|timeit|capture|prun)\b[^\n]*\n\s*)*%%retarus(?!\S)/;
// All that is looked at of a cell, however long it is.
const ENOUGH = 200;

const isOurs = (text) => BEGINNING.test(text);

// The first language of an editor counts: ours goes before JupyterLab's own, which stays as it was set.
const language = (wanted) => (wanted ? Prec.highest(retarusLanguage.extension) : []);

function switching(text) {
  const place = new Compartment();
  const follow = EditorState.transactionExtender.of((transaction) => {
    if (!transaction.docChanged) return null;
    const before = isOurs(transaction.startState.doc.sliceString(0, ENOUGH));
    const after = isOurs(transaction.newDoc.sliceString(0, ENOUGH));
    return before === after ? null : { effects: place.reconfigure(language(after)) };
  });
  return [place.of(language(isOurs(text.slice(0, ENOUGH)))), follow];
}

export const highlighting = {
  id: 'retarus-pandas:highlighting',
  description: 'Highlights GraphQL in cells that begin with %%retarus.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  activate(app, registry) {
    registry.addExtension({
      name: 'retarus-pandas:highlighting',
      factory: ({ model }) =>
        EditorExtensionRegistry.createImmutableExtension(
          model.type === 'code' ? switching(model.sharedModel.getSource()) : []
        )
    });
  }
};
