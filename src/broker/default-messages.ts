/*
 * What Kafka says with an error that nobody gave a sentence of its own. Clients show it to people.
 */

export const unknownTopicMessage = "This server does not host this topic-partition.";
export const unknownTopicIdMessage = "This server does not host this topic ID.";
export const invalidRequestMessage =
  "This most likely occurs because of a request being malformed by the client library or the message was sent to an " +
  "incompatible broker. See the broker logs for more details.";
