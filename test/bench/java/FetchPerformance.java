import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What Apache Kafka's ConsumerPerformance does, with its settings, but for the consumer group: the partition is
 * assigned, so that only fetching is measured. Prints bytes, records and milliseconds from the first poll to the last
 * record; what the first metadata takes is part of it, as it is there.
 *
 * Arguments: bootstrap.servers, topic, count of records.
 */
public final class FetchPerformance {
    private static final long TIMEOUT_MS = 10_000;

    public static void main(String[] arguments) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("receive.buffer.bytes", "2097152");
        properties.put("max.partition.fetch.bytes", "1048576");
        properties.put("auto.offset.reset", "earliest");
        properties.put("key.deserializer", ByteArrayDeserializer.class);
        properties.put("value.deserializer", ByteArrayDeserializer.class);
        properties.put("check.crcs", "false");
        long wanted = Long.parseLong(arguments[2]);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            TopicPartition partition = new TopicPartition(arguments[1], 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long count = 0;
            long byteCount = 0;
            long started = System.currentTimeMillis();
            long last = started;
            while (count < wanted && System.currentTimeMillis() - last < TIMEOUT_MS) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (!records.isEmpty()) last = System.currentTimeMillis();
                for (var record : records) {
                    count++;
                    if (record.key() != null) byteCount += record.key().length;
                    if (record.value() != null) byteCount += record.value().length;
                }
            }
            if (count < wanted) throw new IllegalStateException(count + " of " + wanted + " records came");
            System.out.println(byteCount + " " + count + " " + (last - started));
        }
    }
}
