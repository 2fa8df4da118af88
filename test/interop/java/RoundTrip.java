import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces, reads back and administers with Kafka's own Java client. Prints one line a check.
 *
 * <p>Arguments: bootstrap servers, and a file whose lines are a key in hex and its partition of 12.
 */
public class RoundTrip {
  private static final int RECORD_COUNT = 100_000;
  private static String bootstrap;

  private interface Body {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    bootstrap = arguments[0];
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      check("sends 100,000 keyed records with " + codec + " and reads them back", () -> roundTrip(codec));
    }
    check(
        "sends keys to the partitions that the Java client's murmur2 gives them",
        () -> murmur2(Path.of(arguments[1])));
    check("finds offsets by timestamp", RoundTrip::offsetsByTimestamp);
    check("creates and deletes topics", RoundTrip::topics);
    check("changes configurations", RoundTrip::configs);
  }

  private static void check(String name, Body body) {
    try {
      body.run();
      System.out.println("ok " + name);
    } catch (Throwable error) {
      error.printStackTrace();
      System.out.println("not ok " + name + ": " + String.valueOf(error).replace('\n', ' '));
    }
    System.out.flush();
  }

  private static void require(boolean holds, String why) {
    if (!holds) throw new AssertionError(why);
  }

  private static Properties properties(Map<String, Object> extra) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.putAll(extra);
    return properties;
  }

  private static void create(String topic, int partitions, Map<String, String> configs) throws Exception {
    try (Admin admin = Admin.create(properties(Map.of()))) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String codec) {
    return new KafkaProducer<>(
        properties(Map.of("compression.type", codec, "linger.ms", 20)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static List<ConsumerRecord<byte[], byte[]>> readAll(String topic, int partitions, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            properties(Map.of("max.poll.records", 5000)), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> all = IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
      while (records.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(500)).forEach(records::add);
      }
    }
    return records;
  }

  private static void roundTrip(String codec) throws Exception {
    String topic = "round-trip-" + codec;
    create(topic, 6, Map.of());
    byte[][] values = new byte[RECORD_COUNT][];
    byte[][] keys = new byte[RECORD_COUNT][];
    List<Future<RecordMetadata>> sent = new ArrayList<>(RECORD_COUNT);
    try (KafkaProducer<byte[], byte[]> producer = producer(codec)) {
      for (int i = 0; i < RECORD_COUNT; i++) {
        keys[i] = ("key-" + (int) (i * 7919L % 1000)).getBytes(StandardCharsets.UTF_8);
        values[i] = (i + " " + "lorem ipsum ".repeat(i % 5)).getBytes(StandardCharsets.UTF_8);
        sent.add(producer.send(new ProducerRecord<>(topic, keys[i], values[i])));
      }
    }
    for (Future<RecordMetadata> future : sent) future.get();
    List<ConsumerRecord<byte[], byte[]>> read = readAll(topic, 6, RECORD_COUNT);
    require(read.size() == RECORD_COUNT, "read " + read.size() + " of " + RECORD_COUNT);
    Map<String, Integer> last = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read) {
      String text = new String(record.value(), StandardCharsets.UTF_8);
      int place = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      require(Arrays.equals(record.key(), keys[place]), "the key of record " + place + " came back changed");
      require(Arrays.equals(record.value(), values[place]), "the value of record " + place + " came back changed");
      Integer before = last.put(new String(record.key(), StandardCharsets.UTF_8), place);
      require(before == null || before < place, "a key came out of order at " + place);
      RecordMetadata metadata = sent.get(place).get();
      require(metadata.offset() == record.offset(), "record " + place + " is at another offset than acknowledged");
    }
  }

  private static void murmur2(Path keysFile) throws Exception {
    create("murmur2", 12, Map.of());
    try (KafkaProducer<byte[], byte[]> producer = producer("none")) {
      Map<Future<RecordMetadata>, Integer> sent = new HashMap<>();
      for (String line : Files.readAllLines(keysFile)) {
        String[] parts = line.split(" ");
        byte[] key = HexFormat.of().parseHex(parts[0]);
        sent.put(producer.send(new ProducerRecord<>("murmur2", key, key)), Integer.parseInt(parts[1]));
      }
      for (Map.Entry<Future<RecordMetadata>, Integer> entry : sent.entrySet()) {
        require(entry.getKey().get().partition() == entry.getValue(), "a key went to another partition");
      }
      for (ConsumerRecord<byte[], byte[]> record : readAll("murmur2", 12, sent.size())) {
        require(Arrays.equals(record.key(), record.value()), "a key came back changed");
      }
    }
  }

  private static void offsetsByTimestamp() throws Exception {
    create("times", 1, Map.of());
    long start = 1_700_000_000_000L;
    try (KafkaProducer<byte[], byte[]> producer = producer("none")) {
      for (long ms : new long[] {1000, 2000, 3000}) {
        producer.send(new ProducerRecord<>("times", 0, start + ms, new byte[] {1}, new byte[] {2})).get();
      }
    }
    TopicPartition partition = new TopicPartition("times", 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      require(consumer.offsetsForTimes(Map.of(partition, start)).get(partition).offset() == 0, "first");
      require(consumer.offsetsForTimes(Map.of(partition, start + 1500)).get(partition).offset() == 1, "second");
      require(consumer.offsetsForTimes(Map.of(partition, start + 9000)).get(partition) == null, "none");
      require(consumer.endOffsets(List.of(partition)).get(partition) == 3, "end");
    }
  }

  private static void topics() throws Exception {
    try (Admin admin = Admin.create(properties(Map.of()))) {
      create("short-lived", 3, Map.of());
      admin.createPartitions(Map.of("short-lived", NewPartitions.increaseTo(5))).all().get();
      var described = admin.describeTopics(List.of("short-lived")).allTopicNames().get().get("short-lived");
      require(described.partitions().size() == 5, "partitions: " + described.partitions().size());
      admin.deleteTopics(List.of("short-lived")).all().get();
      require(!admin.listTopics().names().get().contains("short-lived"), "the deleted topic is still listed");
      create("short-lived", 1, Map.of());
      try {
        admin.createTopics(List.of(new NewTopic("replicated", 1, (short) 2))).all().get();
        throw new AssertionError("a replication factor of 2 was accepted");
      } catch (ExecutionException error) {
        require(error.getCause() instanceof InvalidReplicationFactorException, String.valueOf(error.getCause()));
      }
    }
  }

  private static void configs() throws Exception {
    create("configured", 1, Map.of("retention.ms", "1000000"));
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "configured");
    try (Admin admin = Admin.create(properties(Map.of()))) {
      AlterConfigOp compact = new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(compact))).all().get();
      var described = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      require(described.get("cleanup.policy").value().equals("compact"), "cleanup.policy");
      require(described.get("retention.ms").value().equals("1000000"), "retention.ms");
      AlterConfigOp soon = new AlterConfigOp(new ConfigEntry("retention.ms", "soon"), AlterConfigOp.OpType.SET);
      try {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(soon))).all().get();
        throw new AssertionError("a retention of 'soon' was accepted");
      } catch (ExecutionException error) {
        require(error.getCause() instanceof InvalidConfigurationException, String.valueOf(error.getCause()));
      }
    }
  }
}
