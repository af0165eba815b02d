/**
 * What of OpenAPI 3.1 the page that explains the interface reads.
 * @typedef {{
 *   $ref?: string, type?: string, title?: string, format?: string, pattern?: string, description?: string, enum?: string[], items?: Schema,
 *   properties?: Record<string, Schema>, required?: string[], additionalProperties?: Schema | boolean, readOnly?: boolean,
 *   minimum?: number, maximum?: number, exclusiveMinimum?: number, exclusiveMaximum?: number, minLength?: number,
 *   maxLength?: number, minItems?: number, maxItems?: number, contentEncoding?: string,
 * }} Schema
 * @typedef {{schema: Schema, example?: object}} Content
 * @typedef {{name: string, in: string, required?: boolean, description?: string, schema: Schema}} Parameter
 * @typedef {{description: string, content?: Record<string, Content>, "x-reasons"?: string[]}} Answer
 * @typedef {{lang: string, label: string, source: string}} Sample
 * @typedef {{
 *   operationId: string, tags: string[], summary: string, description: string, security: Array<Record<string, string[]>>,
 *   parameters: Parameter[], requestBody?: {description?: string, content: Record<string, Content>},
 *   responses: Record<string, Answer>, "x-codeSamples": Sample[],
 * }} Operation
 * @typedef {{verb: string, path: string, operation: Operation}} Call
 * @typedef {{reason: string, status: number, code: string, meaning: string}} Reason
 * @typedef {{
 *   info: {version: string, description: string}, tags: Array<{name: string, description: string, "x-displayName": string}>,
 *   paths: Record<string, Record<string, Operation>>, components: {schemas: Record<string, Schema>}, "x-errors": Reason[],
 * }} OpenApi
 */

export {};
