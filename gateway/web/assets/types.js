/**
 * Shapes of the answers, as proto3 JSON of telltale.gateway.v1: a value that is zero, empty or false may be missing.
 *
 * @typedef {{xMin?: number, yMin?: number, xMax?: number, yMax?: number}} Box Edges relative to the upright picture, [0, 1].
 * @typedef {{box: Box, strength?: number, timeOffset?: string, trackId?: number}} Region Times are durations, e.g. "3.400s".
 * @typedef {{start?: string, end?: string}} TimeRange
 * @typedef {TimeRange & {logLikelihoodRatio?: number, trackId?: number}} TimeSpan
 * @typedef {TimeRange & {trackId?: number, logOdds?: number, riskScore?: number}} Segment
 * @typedef {{timeOffset?: string, box: Box}} Observation
 * @typedef {{trackId?: number, observations?: Observation[]}} Track
 * @typedef {{code: string, parameters?: Record<string, string>}} Reason
 * @typedef {{width?: number, height?: number, values?: string, area?: Box}} EvidenceMap Values are base64, and mostly left out.
 * @typedef {{logLikelihoodRatio?: number, quality?: number, regions?: Region[], spans?: TimeSpan[], map?: EvidenceMap,
 *   reason?: Reason}} Finding
 * @typedef {{reason: string, parameters?: Record<string, string>}} Abstention
 * @typedef {{name?: string, version?: string, cardSha256?: string}} ModelReference
 * @typedef {{cue: string, finding?: Finding, abstention?: Abstention, model?: ModelReference}} Evidence
 *
 * @typedef {{cue: string, logOdds?: number, logLikelihoodRatio?: number, quality?: number, weight?: number,
 *   text?: string}} Contribution
 * @typedef {{cue: string, abstention?: Abstention, text?: string}} CueAbstention
 * @typedef {{role: string, code?: string, text?: string, cue?: string}} Sentence
 * @typedef {{name?: string, threshold?: number, falsePositiveRate?: number, truePositiveRate?: number,
 *   falsePositiveRateUpper?: number, authenticItems?: string, dataset?: string}} OperatingPoint
 * @typedef {{mediaSha256?: string, fusionModel?: ModelReference, models?: ModelReference[], evidenceSha256?: string}} Replay
 * @typedef {{label: string, riskScore?: number, confidence?: number, contributions?: Contribution[],
 *   abstentions?: CueAbstention[], operatingPoint?: OperatingPoint, explanation?: Sentence[], replay?: Replay,
 *   logOdds?: number, priorLogOdds?: number, segments?: Segment[], decisive?: Segment,
 *   doubt?: string, language?: string}} Verdict
 *
 * @typedef {{group?: string, name: string, value?: string}} Tag
 * @typedef {{qualityEstimate?: number, standardTables?: boolean, subsampling?: string, progressive?: boolean,
 *   standardHuffman?: boolean, tablesFingerprint?: string, encoder?: string}} JpegStructure
 * @typedef {{kind?: string, name?: string, location?: string}} SoftwareTrace
 * @typedef {{integrity?: string, trust?: string, claimGenerator?: string, issuer?: string, failures?: string[],
 *   digitalSourceTypes?: string[], actions?: string[]}} Provenance
 * @typedef {{code: string, parameters?: Record<string, string>}} Conflict
 * @typedef {{alignedLogLikelihoodRatio?: number, shiftedLogLikelihoodRatio?: number, firstQuality?: number,
 *   gridOffsetXPx?: number, gridOffsetYPx?: number, blocks?: number}} JpegHistory
 * @typedef {{kind?: string, codec?: string, profile?: string, handler?: string, edits?: number,
 *   createTime?: string}} ContainerTrack
 * @typedef {{format?: string, layout?: string[], indexLast?: boolean, writer?: string, encoder?: string, device?: string,
 *   tracks?: ContainerTrack[], observations?: Conflict[]}} ContainerStructure
 * @typedef {{widthPx?: number, heightPx?: number, correlation?: number}} ThumbnailComparison
 * @typedef {{tags?: Tag[], jpeg?: JpegStructure, software?: SoftwareTrace[], provenance?: Provenance,
 *   conflicts?: Conflict[], jpegHistory?: JpegHistory, container?: ContainerStructure,
 *   thumbnail?: ThumbnailComparison}} MetadataFacts
 *
 * @typedef {{kind?: string, mimeType?: string, sizeBytes?: string, sha256?: string, widthPx?: number, heightPx?: number,
 *   frameCount?: number, duration?: string, frameRateFps?: number}} MediaInfo
 * @typedef {{columns?: number, bands?: number, values?: string}} LogMelMap Base64; column by column, lowest band first; 0 was not listened to.
 * @typedef {{duration?: string, sampleRateHz?: number, channels?: number, codec?: string, examined?: TimeRange[],
 *   speech?: TimeRange[], logMel?: LogMelMap}} Soundtrack
 * @typedef {{time?: TimeRange, offsetMs?: number, confidence?: number}} LipSyncWindow
 * @typedef {{trackId?: number, offsetMs?: number, confidence?: number, windows?: LipSyncWindow[]}} LipSyncCurve
 * @typedef {{detector: string, state?: string, failure?: string, doneShare?: number}} DetectorProgress
 * @typedef {{name: string, cue: string}} AnalysisMap
 * @typedef {{detector: string, recalledFrom?: string, completeTime?: string}} Origin
 * @typedef {{name: string, media?: string, info?: MediaInfo, displayName?: string, state?: string,
 *   progress?: DetectorProgress[], verdict?: Verdict, evidence?: Evidence[], tracks?: Track[], maps?: AnalysisMap[],
 *   metadata?: MetadataFacts, createTime?: string, completeTime?: string, depth?: string, examined?: TimeRange[], origins?: Origin[],
 *   soundtrack?: Soundtrack, lipSync?: LipSyncCurve[], error?: Status, retention?: string}} Analysis
 *
 * @typedef {{name?: string, expireTime?: string, scan?: string}} Media
 * @typedef {{code?: number, message?: string, details?: Array<{reason?: string, retryDelay?: string}>}} Status google.rpc.Status
 * @typedef {{analysis?: string, state?: string, progress?: DetectorProgress[], requestId?: string,
 *   displayName?: string}} AnalysisOperation
 * @typedef {{name?: string, done?: boolean, metadata?: AnalysisOperation, response?: Analysis, error?: Status}} Operation
 *
 * @typedef {{name: string, secret?: string, withMedia?: boolean, createTime?: string, expireTime?: string}} Share
 * @typedef {{name?: string, truth: string, comment?: string, updateTime?: string}} Feedback
 * @typedef {{algorithm?: string, keyId?: string, publicKey?: string, value?: string}} Signature
 * @typedef {{format?: string, deleted?: string[], mediaSha256?: string, deleteTime?: string, artefacts?: string[],
 *   signature?: Signature}} Receipt
 * @typedef {{deleted?: string[], receipt?: Receipt}} Deletion
 */

export {};
