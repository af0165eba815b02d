/**
 * What all parts of the page lean on.
 *
 * @typedef {object} Frame
 * @property {import("/assets/api.js").Api} api
 * @property {import("/assets/access.js").Access} access
 * @property {import("/assets/stage.js").Stage} stage
 * @property {import("/assets/attempts.js").Attempts} attempts
 * @property {import("/assets/router.js").Router} router
 */

export {};
