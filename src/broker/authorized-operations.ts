/*
 * What a client may do, as bits of Kafka's AclOperation. There is no authorizer, so everybody may do all that the kind
 * of thing knows (KAFKA.md S.1).
 */

export const clusterAuthorizedOperations = 8096;
export const topicAuthorizedOperations = 3576;
/** The client didn't ask. */
export const operationsNotAsked = -2147483648;
