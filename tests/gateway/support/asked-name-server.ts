/**
 * To be imported before grpc-js, which looks once: targets such as `dns://127.0.0.1:5353/<host>:<port>` are then asked of
 * the name server that they name, and not of the machine's.
 */
process.env["GRPC_NODE_USE_ALTERNATIVE_RESOLVER"] = "true";
