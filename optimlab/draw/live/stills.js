// A live view needs its kernel; the picture or the text beside it does not. A saved notebook keeps
// these alone, so that opening it later shows them and not "Error displaying widget". Written before
// the module of each widget of ours, which calls it.

const VIEW = "application/vnd.jupyter.widget-view+json";
const STILLS = ["image/png", "text/markdown", "text/html"];

function saveStills(manager) {
  const notebook = (manager?.context ?? manager?._context)?.model?.sharedModel;
  if (!notebook?.toJSON || notebook.olSavesStills) return;
  const toJSON = notebook.toJSON.bind(notebook);
  notebook.olSavesStills = true;
  notebook.toJSON = () => {
    const content = toJSON();
    for (const cell of content.cells ?? []) {
      for (const { data } of cell.outputs ?? []) {
        if (data?.[VIEW] && STILLS.some((kind) => kind in data)) delete data[VIEW];
      }
    }
    return content;
  };
}
