// The stop-watch in the page. A time runs from the timeStamp of the key or pointer event to the first
// task after the frame that shows the change.
(() => {
  const LIMIT = 30_000;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const unanswered = new Set(); // messages to the kernel that it has not finished with
  let sent = 0;

  kernel.anyMessage.connect((_, { msg, direction }) => {
    if (direction === "send" && msg.channel === "shell") {
      sent += 1;
      unanswered.add(msg.header.msg_id);
    } else if (msg.header.msg_type === "status" && msg.content.execution_state === "idle") {
      unanswered.delete(msg.parent_header.msg_id);
    }
  });

  // What is drawn in a cell, as a text that changes when the picture does; null while it is not there.
  const READ = {
    live: (root) => root.querySelector('[data-mark^="path "]')?.getAttribute("d"),
    told: (root) => {
      const step = root.querySelector(".ol-live")?.dataset.step;
      return `${READ.live(root)} ${step} ${root.querySelector(".ol-readout")?.textContent}`;
    },
    playing: (root) => root.querySelector("[data-action=play]")?.getAttribute("aria-label"),
    formula: (root) => root.querySelector(".ol-formula")?.textContent,
    dragged: (root) => (follows(root) ? READ.live(root) : null),
    matplotlib: (root) => {
      const picture = root.querySelector(".jp-OutputArea img");
      return picture?.complete ? picture.src : null;
    },
    plotly: (root) => root.querySelector("path.js-line")?.getAttribute("d"),
    rate: (root) => root.querySelector(".ol-summary")?.textContent.match(/learning rate ([\d.e-]+)/)?.[1],
  };

  // Whether the path that is drawn starts where the handle is.
  function follows(root) {
    const numbers = (text) => (text?.match(/-?[\d.]+/g) ?? []).slice(0, 2).map(Number);
    const [x, y] = numbers(READ.live(root));
    const [left, top] = numbers(root.querySelector("[data-handle=start]").getAttribute("transform"));
    return Math.hypot(x - left, y - top) < 0.1;
  }

  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
    });

  // Resolves when `done()` holds after some change in `root`, or does so already.
  function until(root, done, what) {
    return new Promise((resolve, reject) => {
      const observer = new MutationObserver(check);
      const limit = setTimeout(() => {
        stop();
        reject(new Error(`${what}: no change in ${LIMIT / 1000} s`));
      }, LIMIT);
      function stop() {
        clearTimeout(limit);
        observer.disconnect();
        root.removeEventListener("load", check, true);
      }
      function check() {
        if (!done()) return;
        stop();
        resolve();
      }
      observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
      root.addEventListener("load", check, true); // a picture arrives before it can be drawn
      check();
    });
  }

  // Start the watch for the next event of `type`; `stopped` gives the time.
  function start(root, kind, type) {
    const before = READ[kind](root);
    let from = null;
    const heard = (event) => (from ??= event.timeStamp);
    addEventListener(type, heard, true);
    const changed = () => from !== null && ![null, undefined, before].includes(READ[kind](root));
    bench.running = until(root, changed, `${kind} after ${type}`).then(async () => {
      removeEventListener(type, heard, true);
      const source = root.querySelector(".ol-live")?.dataset.source ?? "";
      return { ms: (await painted()) - from, source };
    });
    bench.running.catch(() => {}); // `stopped` tells
  }

  // Wait until the kernel has done what it was asked, and then for no fixed share of a frame.
  async function rest(ms) {
    const began = performance.now();
    while (unanswered.size || kernel.status !== "idle") {
      if (performance.now() - began > LIMIT) throw new Error(`the kernel is ${kernel.status}`);
      await pause(5);
    }
    await pause(ms + 40 * Math.random());
  }

  // Move a held handle `count` times at an even pace, as a mouse that reports every `period` ms. The
  // events are made here: Chromium would merge a real mouse's into one a frame.
  async function burst(root, points, period) {
    const overlay = root.querySelector("svg.ol-has-handle");
    const began = performance.now();
    const first = sent;
    for (const [i, [clientX, clientY]] of points.entries()) {
      const early = began + i * period - performance.now();
      if (early > 0) await pause(early);
      overlay.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
    }
    const last = performance.now();
    await until(root, () => follows(root), "the last start");
    const shown = (await painted()) - last;
    await pause(Math.max(0, last + 300 - performance.now()));
    const left = unanswered.size;
    return { lasted: last - began, shown, sent: sent - first, left };
  }

  // Have the kernel sleep; `busy` says whether it still does.
  const sleep = (seconds) => keep(`import time; time.sleep(${seconds})`);

  // The same with any code.
  function keep(code) {
    bench.busy = true;
    kernel.requestExecute({ code, store_history: false }).done.then(() => (bench.busy = false));
    return until(document.body, () => kernel.status === "busy", "a busy kernel");
  }

  const bench = { start, rest, burst, sleep, keep, stopped: () => bench.running };
  window.bench = bench;
})();
