/** Where the maps, the report and the file of an analysis come from: its owner's resources, or a link. */

import { blobOf, jsonOf, request } from "/assets/api.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/**
 * @typedef {object} Source
 * @property {(name: string) => Promise<Blob>} map By the name in `maps`.
 * @property {(format: string) => Promise<Blob>} report
 * @property {((signal: AbortSignal) => Promise<Blob>) | undefined} media Undefined where the server did not keep the file.
 * @property {string} gone Why there may be no file after all.
 */

/**
 * @param {Analysis} analysis
 * @param {import("/assets/api.js").Api} api
 * @param {import("/assets/access.js").Access} access
 * @returns {Source}
 */
export function ownSource({ name, media }, api, access) {
  return {
    map: (map) => api.getFile(map),
    report: (format) => access.withToken(() => api.getReport(name, format)),
    media: media ? (signal) => access.withToken(() => api.download(media, signal)) : undefined,
    gone: "it has expired, and the server deleted it.",
  };
}

/**
 * @param {string} secret Of the link; it is all that these calls need.
 * @returns {Source}
 */
export function sharedSource(secret) {
  const root = `/v1/shared/${secret}`;
  return {
    map: async (map) => blobOf(await request(`${root}/maps/${map.split("/").pop()}`)),
    report: async (format) => blobOf(await request(`${root}/report?${new URLSearchParams({ format })}`)),
    media: async (signal) => blobOf(await request(`${root}/media`, { signal })),
    gone: "the link does not include it, or has ended.",
  };
}

/**
 * @param {string} secret
 * @returns {Promise<Analysis>} Rejects with a Failure, NOT_FOUND where the link has ended.
 */
export async function getShared(secret) {
  return jsonOf(await request(`/v1/shared/${secret}`));
}
