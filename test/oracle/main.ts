import { whyNoApacheKafka } from "./apache-kafka.ts";
import { record } from "./record.ts";

/**
 * Records Apache Kafka's part of the conversations anew: all files, or those named on the command line.
 *
 *     node test/oracle/main.ts [00-produce ...]
 */
const reason = whyNoApacheKafka();
if (reason === undefined) await record(process.argv.slice(2), (sentence) => console.log(sentence));
else console.log(`skipped: ${reason}`);
