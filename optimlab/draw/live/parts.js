// What only some plots need, and only they are sent: each of those modules puts its own here.

/**
 * @typedef {object} Parts
 * @property {typeof import("./paths.js").Runs} [Runs]
 * @property {typeof import("./band.js").Band} [Band]
 * @property {typeof import("./naming.js").freePlaces} [freePlaces]
 * @property {typeof import("./sketch.js").Sketch} [Sketch]
 * @property {typeof import("./table.js").Below} [Below]
 */

/** @type {Parts} */
export const PARTS = {};
