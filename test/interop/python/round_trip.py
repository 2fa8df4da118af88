"""Produces, reads back and administers with confluent-kafka (librdkafka). Prints one line a check.

Usage: round_trip.py BOOTSTRAP_SERVERS KEYS_FILE, where each line of KEYS_FILE is a key in hex and its partition of 12.
"""

import sys
import time
import traceback

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

bootstrap, keys_file = sys.argv[1], sys.argv[2]
RECORD_COUNT = 100_000
admin = AdminClient({"bootstrap.servers": bootstrap})


def settled(futures):
    for future in futures.values():
        future.result(30)


def create(name, partitions, config=None):
    settled(admin.create_topics([NewTopic(name, partitions, 1, config=config or {})]))


def read_all(topic, partitions, count):
    """Every record of the topic as (partition, key, value), without a group."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False,
                         "check.crcs": True, "auto.offset.reset": "earliest"})
    consumer.assign([TopicPartition(topic, index, 0) for index in range(partitions)])
    records, deadline = [], time.monotonic() + 120
    while len(records) < count and time.monotonic() < deadline:
        for message in consumer.consume(5000, 1.0):
            if message.error():
                raise KafkaException(message.error())
            records.append((message.partition(), message.key(), message.value()))
    consumer.close()
    return records


def send_all(topic, config, records):
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 200_000, **config})
    for partition, key, value in records:
        producer.produce(topic, value, key, on_delivery=lambda error, _: error and failures.append(error),
                         **({} if partition is None else {"partition": partition}))
        producer.poll(0)
    assert producer.flush(120) == 0, "not everything was delivered in time"
    assert not failures, f"{len(failures)} records failed, first: {failures[0]}"


def round_trip(codec):
    topic = f"round-trip-{codec}"
    create(topic, 6)
    sent = [(None, b"key-%d" % (i * 7919 % 1000), b"%d " % i + b"lorem ipsum " * (i % 5)) for i in range(RECORD_COUNT)]
    send_all(topic, {"compression.type": codec, "enable.idempotence": True}, sent)
    read = read_all(topic, 6, RECORD_COUNT)
    assert len(read) == RECORD_COUNT, f"read {len(read)} of {RECORD_COUNT}"
    last = {}
    for _, key, value in read:
        place = int(value.split(b" ", 1)[0])
        assert sent[place][1:] == (key, value), f"record {place} came back changed"
        assert last.get(key, -1) < place, f"key {key} came out of order"
        last[key] = place


def murmur2():
    with open(keys_file, encoding="ascii") as lines:
        wanted = [(bytes.fromhex(key), int(partition)) for key, partition in (line.split() for line in lines)]
    create("murmur2", 12)
    send_all("murmur2", {"partitioner": "murmur2"}, [(None, key, b"%d" % i) for i, (key, _) in enumerate(wanted)])
    read = read_all("murmur2", 12, len(wanted))
    assert len(read) == len(wanted), f"read {len(read)} of {len(wanted)}"
    for partition, key, value in read:
        assert (key, partition) == wanted[int(value)], f"key {key.hex()} is in partition {partition}"


def offsets_by_timestamp():
    create("times", 1)
    producer = Producer({"bootstrap.servers": bootstrap})
    for ms in (1000, 2000, 3000):
        producer.produce("times", b"v", b"k", 0, timestamp=1_700_000_000_000 + ms)
    assert producer.flush(30) == 0
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none"})
    found = lambda ms: consumer.offsets_for_times([TopicPartition("times", 0, 1_700_000_000_000 + ms)], 10)[0].offset
    assert found(0) == 0 and found(1500) == 1 and found(3000) == 2, (found(0), found(1500), found(3000))
    assert consumer.get_watermark_offsets(TopicPartition("times", 0), 10) == (0, 3)
    consumer.close()


def topics():
    create("short-lived", 3)
    settled(admin.create_partitions([NewPartitions("short-lived", 5)]))
    assert len(admin.list_topics("short-lived", 10).topics["short-lived"].partitions) == 5
    settled(admin.delete_topics(["short-lived"]))
    assert "short-lived" not in admin.list_topics(timeout=10).topics
    create("short-lived", 1)


def configs():
    create("configured", 1, {"retention.ms": "1000000"})
    resource = lambda **options: ConfigResource(ResourceType.TOPIC, "configured", **options)
    settled(admin.incremental_alter_configs([resource(incremental_configs=[
        ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.SET)])]))
    for future in admin.describe_configs([resource()]).values():
        entries = future.result(30)
        assert entries["cleanup.policy"].value == "compact", entries["cleanup.policy"]
        assert entries["retention.ms"].value == "1000000", entries["retention.ms"]
    try:
        settled(admin.incremental_alter_configs([resource(incremental_configs=[
            ConfigEntry("retention.ms", "soon", incremental_operation=AlterConfigOpType.SET)])]))
        raise AssertionError("a retention of 'soon' was accepted")
    except KafkaException as error:
        assert error.args[0].name() == "INVALID_CONFIG", error


def check(name, body, *arguments):
    try:
        body(*arguments)
        print(f"ok {name}", flush=True)
    except Exception as error:  # the line says what went wrong; the next check goes on
        traceback.print_exc()
        print(f"not ok {name}: {type(error).__name__} {error}".replace("\n", " "), flush=True)


for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    check(f"sends 100,000 keyed records with {codec} and reads them back", round_trip, codec)
check("sends keys to the partitions that the Java client's murmur2 gives them", murmur2)
check("finds offsets by timestamp", offsets_by_timestamp)
check("creates and deletes topics", topics)
check("changes configurations", configs)
