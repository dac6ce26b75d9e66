"""A live pipeline, and the raw and open topics of it as plain Python values.

It uses Kafka, the registry and the Avro schemas alone, as a consumer elsewhere would.
"""

import io
import json
import os
import re
import struct
import subprocess
import threading
import urllib.request

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


class Pipeline:
    """`tributary demo --profile market --stay --traffic=false`, until it is stopped."""

    def __init__(self, program, days, seed, directory):
        self.log = open(os.path.join(directory, "demo.log"), "wb")
        self.process = subprocess.Popen(
            [program, "demo", "--profile", "market", "--scale", str(days), "--seed", str(seed), "--stay", "--traffic=false"] + (["-b", os.environ["BROKERS"]] if "BROKERS" in os.environ else []),
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        place = None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            place = re.match(r"export TRIBUTARY_KAFKA__BROKERS=(\S+) TRIBUTARY_REGISTRY__URLS=(\S+)", line)
            if place:
                break
        if not place or not any(line.startswith("It adds up") for line in seen):
            self.stop()
            raise RuntimeError("the demo ended early or does not add up:\n" + "".join(seen))
        self.brokers, self.registry = place.groups()
        # What is printed later must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def environment(self):
        return dict(os.environ, TRIBUTARY_KAFKA__BROKERS=self.brokers, TRIBUTARY_REGISTRY__URLS=self.registry)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def read(brokers, topics):
    """Every committed record of the topics, in the order of each partition."""
    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": "consumers-test", "enable.auto.commit": False,
        "enable.partition.eof": True, "isolation.level": "read_committed", "fetch.wait.max.ms": 50, "log_level": 3,
    })
    known = consumer.list_topics(timeout=20).topics
    partitions = [TopicPartition(t, p, OFFSET_BEGINNING) for t in topics for p in known[t].partitions]
    consumer.assign(partitions)
    ended, records = set(), []
    while len(ended) < len(partitions):
        for message in consumer.consume(1000, 1.0):
            if message.error() is None:
                records.append(message)
            elif message.error().name() == "_PARTITION_EOF":
                ended.add((message.topic(), message.partition()))
            else:
                raise RuntimeError(f"{message.topic()}: {message.error()}")
    consumer.close()
    return records


class Avro:
    """Values by the schema whose id is in their first five bytes."""

    def __init__(self, registry):
        self.registry, self.schemas = registry, {}

    def decode(self, value):
        if value is None:
            return None
        magic, schema_id = struct.unpack(">bI", value[:5])
        if magic != 0:
            raise ValueError(f"magic byte {magic}")
        if schema_id not in self.schemas:
            with urllib.request.urlopen(f"{self.registry}/schemas/ids/{schema_id}") as answer:
                self.schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
        return fastavro.schemaless_reader(io.BytesIO(value[5:]), self.schemas[schema_id])


# The views and their topics.
VIEWS = {
    "verifications": "enriched.verifications.v1", "payments": "enriched.payments.v1", "journeys": "enriched.journeys.v1",
    "accounts": "enriched.accounts.v1", "attempts": "facts.attempts.v1", "money": "facts.money.v1",
}
# Topics without snapshots, as a relation each.
LOGS = {"duplicates": "duplicates.v1"}
RAW = ["raw.lox24.v1", "raw.uapay.v1", "raw.unibell.v1", "raw.voximplant.v1", "raw.standard.v1"]


def newest_of(pipeline, avro, topic):
    """The rows of one compacted topic."""
    rows = {}
    for message in read(pipeline.brokers, [topic]):
        rows[message.key()] = avro.decode(message.value())
    return [row for row in rows.values() if row is not None]


def newest(pipeline):
    """The rows of every view: of each key the newest record, without the ended keys."""
    avro = Avro(pipeline.registry)
    views = {name: newest_of(pipeline, avro, topic) for name, topic in VIEWS.items()}
    for name, topic in LOGS.items():
        views[name] = [avro.decode(m.value()) for m in read(pipeline.brokers, [topic])]
    return views
