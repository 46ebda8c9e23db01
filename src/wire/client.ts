/** The client port: what a server reads and writes, and what a client does. Frames are cut by frame.ts. */
export { decodeClientRequest, decodeConnectRequest, encodeClientMessage } from './client/server-side.js'
export { decodeConnectResponse, decodeReply, encodeClientRequest, encodeConnectRequest } from './client/client-side.js'
export { encodeLargeReply, REPLY_CHUNK_BYTES } from './client/large-reply.js'
