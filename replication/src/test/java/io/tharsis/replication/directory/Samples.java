package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Values that the tests of the directory share. */
final class Samples {

  static final UUID NODE = UUID.fromString("10000000-0000-4000-8000-000000000001");
  static final UUID OTHER = UUID.fromString("20000000-0000-4000-8000-000000000002");
  static final UUID START = UUID.fromString("30000000-0000-4000-8000-000000000003");
  static final UUID RESOURCE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  static final UUID EPOCH = UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  static final UUID OLD_EPOCH = UUID.fromString("40000000-0000-4000-8000-000000000004");
  static final UUID MEMBERSHIP = UUID.fromString("50000000-0000-4000-8000-000000000005");
  static final long STAMP = 1_793_491_200_000L << 16;

  private Samples() {}

  static NodeDocument node() {
    return new NodeDocument(
        "alpha",
        START,
        List.of(
            new NodeDocument.Address(NodeDocument.Purpose.PEERS, "alpha.example", 7777),
            new NodeDocument.Address(NodeDocument.Purpose.ISCSI, "192.0.2.7", 3260)),
        new NodeDocument.Versions("0.1.0", 1, 2),
        List.of(new Content.Extra(900, Blob.of(new byte[] {1, 2, 3}))));
  }

  static ResourceDocument resource(UUID... members) {
    TreeMap<Integer, Long> sizes = new TreeMap<>();
    sizes.put(0, 1L << 30);
    sizes.put(3, 5L << 40);
    TreeMap<String, String> policy = new TreeMap<>();
    policy.put("mode", "async");
    return new ResourceDocument(
        "mail",
        Optional.of(NODE),
        List.of(members).stream()
            .map(node ->
                new ResourceDocument.Member(
                    node, MEMBERSHIP, new Switches(true, true, false, true)))
            .toList(),
        sizes,
        policy,
        List.of());
  }

  static ReplicaDocument replica(UUID membership, long durableLsn) {
    TreeMap<Integer, Long> sizes = new TreeMap<>();
    sizes.put(0, 1L << 30);
    return new ReplicaDocument(
        membership,
        false,
        Switches.ON,
        new ReplicaDocument.DiskPart(true, sizes),
        new ReplicaDocument.LogPart(new EpochRef(2, EPOCH), 64, 128, durableLsn),
        new ReplicaDocument.SyncPart(1L << 30, 4096, 192),
        List.of("Consistent"),
        List.of(new ReplicaDocument.Fault("disk-error", "EIO on /dev/sdb", STAMP)),
        List.of());
  }

  static Document document(Key key, Version version, List<EpochRef> continues, Content content) {
    return new Document(
        key,
        content instanceof Content.Tombstone,
        version,
        new Document.Origin(NODE, START, OTHER, STAMP + 5),
        continues,
        ContentCodec.encode(content));
  }

  static Version version(long number, UUID id, long counter) {
    return new Version(new EpochRef(number, id), counter);
  }

  static Document nodeDocument() {
    return document(Key.node(NODE), version(7, START, 9), List.of(), node());
  }

  static Document resourceDocument() {
    return document(
        Key.resource(RESOURCE),
        version(3, EPOCH, 4),
        List.of(new EpochRef(2, OLD_EPOCH)),
        resource(NODE, OTHER));
  }

  static Document replicaDocument() {
    return document(
        Key.replica(RESOURCE, NODE), version(7, START, 2), List.of(), replica(MEMBERSHIP, 4096));
  }

  static Document clusterDocument() {
    return document(
        Key.cluster(),
        version(0, Key.NIL, 12),
        List.of(),
        new ClusterDocument(Blob.of(new byte[] {9, 8, 7, 6, 5, 4, 3, 2, 1})));
  }

  static Document tombstone() {
    return document(
        Key.resource(RESOURCE), version(1, START, 1), List.of(), new Content.Tombstone("mail"));
  }

  static Exchange summary() {
    TreeMap<UUID, Long> heard = new TreeMap<>();
    heard.put(NODE, STAMP + 1);
    heard.put(OTHER, STAMP + 2);
    List<Long> buckets = new java.util.ArrayList<>();
    for (long i = 0; i < Exchange.BUCKETS; i++) {
      buckets.add(i * 0x0101010101010101L);
    }
    return new Exchange.Summary(STAMP + 3, buckets, heard);
  }

  static Exchange offer() {
    return new Exchange.Offer(
        List.of(
            new Exchange.Entry(
                Key.resource(RESOURCE),
                false,
                version(3, EPOCH, 4),
                STAMP + 5,
                new Digest(1, 2, 3, 4)),
            new Exchange.Entry(
                Key.node(NODE), true, version(1, START, 1), STAMP + 6, new Digest(5, 6, 7, 8))));
  }

  static Exchange want() {
    return new Exchange.Want(
        List.of(new Line(Key.resource(RESOURCE), EPOCH), Line.of(Key.replica(RESOURCE, NODE))));
  }

  static Exchange give() {
    return new Exchange.Give(List.of(tombstone().encode(), nodeDocument().encode()));
  }

  /** The bytes of a golden file: hexadecimal digits in lines. */
  static Blob golden(String name) throws IOException {
    try (InputStream in = Samples.class.getResourceAsStream(name + ".hex")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      for (String line : text.lines().toList()) {
        bytes.write(HexFormat.of().parseHex(line));
      }
      return Blob.of(bytes.toByteArray());
    }
  }
}
