// anywidget waits two seconds for the module of a widget; if it comes later, on a busy machine, the
// view is shown, but every message to its model is dropped for ever. Here such messages are heard.

/** @typedef {import("./stills.js").Model} Model */

/** What anywidget says of a module that was late. */
const LATE = /Failed to initialize model/;

/** @type {WeakSet<object>} models that have asked for what was dropped before */
const asked = new WeakSet();

/**
 * Let all models of anywidget hear what is sent to them after a late start; what was dropped until
 * then is asked for once.
 * @param {Model} model one of them
 */
export async function stayPatient(model) {
  const names = ["_model_name", "_model_module", "_model_module_version"];
  const kind = await model.widget_manager?.loadClass?.(...names.map((name) => model.get(name)));
  const { prototype } = kind ?? {};
  if (!prototype || Object.hasOwn(prototype, "olPatient")) return;
  const impatient = prototype._handle_comm_msg;
  const plain = Object.getPrototypeOf(prototype)._handle_comm_msg;
  if (!impatient || !plain) return;
  forgetClosed(prototype);
  Object.defineProperty(prototype, "olPatient", { value: true });
  prototype._handle_comm_msg = async function (/** @type {any[]} */ ...said) {
    try {
      return await impatient.apply(this, said);
    } catch (error) {
      if (!LATE.test(String(error))) throw error;
    }
    if (!asked.has(this)) {
      asked.add(this);
      this.comm?.send({ method: "request_state" }, {}, {}, []);
    }
    return plain.apply(this, said);
  };
}

/**
 * JupyterLab keeps the line to a model after it is closed, and with it the model: what is said there
 * is heard by nobody any more. That frees the models of sliders, too.
 * @param {any} prototype of a kind of model
 */
function forgetClosed(prototype) {
  let owner = prototype;
  while (owner && !Object.hasOwn(owner, "close")) owner = Object.getPrototypeOf(owner);
  const close = owner?.close;
  if (!close || Object.hasOwn(owner, "olForgets")) return;
  Object.defineProperty(owner, "olForgets", { value: true });
  owner.close = function (/** @type {any[]} */ ...said) {
    const { comm } = this;
    const done = close.apply(this, said);
    comm?.on_msg?.(() => {});
    comm?.on_close?.(() => {});
    return done;
  };
}
