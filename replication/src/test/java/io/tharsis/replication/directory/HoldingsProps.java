package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The laws of merging, over the documents of random but possible histories. */
class HoldingsProps {

  private static final int NODES = 3;
  private static final int RESOURCES = 2;

  /** A history that could have been: what each writer wrote, one after the other. */
  private static final class History {

    private final Random random;
    private final List<Held> written = new ArrayList<>();
    private final List<Document> heads = new ArrayList<>();
    private final long[] counters = new long[NODES];
    private long stamp = 1;

    History(long seed, int documents) {
      random = new Random(seed);
      for (int i = 0; i < documents; i++) {
        switch (random.nextInt(12)) {
          case 0 -> delete();
          case 1, 2, 3 -> say(Key.node(node(random.nextInt(NODES))));
          case 4, 5 -> say(Key.replica(resource(), node(random.nextInt(NODES))));
          default -> lead();
        }
      }
    }

    private static UUID node(int index) {
      return new UUID(1, index + 1);
    }

    private UUID resource() {
      return new UUID(2, random.nextInt(RESOURCES) + 1);
    }

    private void say(Key key) {
      int writer = (int) key.second().getLeastSignificantBits();
      writer = (writer == 0 ? (int) key.first().getLeastSignificantBits() : writer) - 1;
      long counter = ++counters[writer];
      add(key, Samples.version(1 + counter / 10, new UUID(3, counter / 10), counter), List.of());
    }

    private void lead() {
      Key key = Key.resource(resource());
      List<Document> branches = heads.stream().filter(h -> h.key().equals(key)).toList();
      if (branches.isEmpty() || random.nextInt(12) == 0) {
        begin(key, 1, List.of());
        return;
      }
      Document head = branches.get(random.nextInt(branches.size()));
      List<EpochRef> continues = new ArrayList<>(head.continues());
      switch (random.nextInt(4)) {
        case 0 -> {
          // the next epoch of this branch; now and then somebody else takes it up once more
          continues.add(head.version().epoch());
          if (random.nextInt(3) > 0) {
            heads.remove(head);
          }
          begin(key, head.version().epoch().number() + 1, continues);
        }
        case 1 -> {
          // an operator has chosen: one epoch above all branches overrules them
          branches.forEach(branch -> {
            continues.addAll(branch.continues());
            continues.add(branch.version().epoch());
          });
          heads.removeAll(branches);
          List<EpochRef> all = continues.stream().distinct().sorted().toList();
          begin(key, all.getLast().number() + 1, all);
        }
        default -> {
          heads.remove(head);
          Version version = new Version(head.version().epoch(), head.version().counter() + 1);
          heads.add(add(key, version, head.continues()));
        }
      }
    }

    private void begin(Key key, long number, List<EpochRef> continues) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      int from = Math.max(0, continues.size() - Document.MAX_CONTINUES);
      heads.add(
          add(key, Samples.version(number, id, 1), continues.subList(from, continues.size())));
    }

    private void delete() {
      Key key =
          random.nextInt(3) == 0 ? Key.node(node(random.nextInt(NODES))) : Key.resource(resource());
      written.add(
          Held.of(
              new Document(
                  key,
                  true,
                  Samples.version(1, new UUID(4, stamp), 1),
                  new Document.Origin(node(0), Key.NIL, Key.NIL, stamp++),
                  List.of(),
                  Blob.EMPTY)));
    }

    private Document add(Key key, Version version, List<EpochRef> continues) {
      Document document =
          new Document(
              key,
              false,
              version,
              new Document.Origin(node(0), Key.NIL, Key.NIL, stamp++),
              continues,
              Blob.of(new byte[] {(byte) random.nextInt()}));
      written.add(Held.of(document));
      return document;
    }
  }

  private static Holdings of(List<Held> documents) {
    Holdings holdings = new Holdings(DirectoryLimits.DEFAULT);
    documents.forEach(holdings::merge);
    return holdings;
  }

  private static Holdings merged(Holdings a, Holdings b) {
    Holdings result = of(List.copyOf(a.all()));
    List.copyOf(b.all()).forEach(result::merge);
    return result;
  }

  @Property(tries = 400)
  void anyOrderAndAnyRepetitionGivesTheSame(@ForAll long seed) {
    List<Held> documents = new History(seed, 40).written;
    Map<Line, Digest> expected = of(documents).digests();
    Random random = new Random(~seed);
    for (int round = 0; round < 5; round++) {
      List<Held> shuffled = new ArrayList<>(documents);
      shuffled.addAll(documents.subList(0, random.nextInt(documents.size())));
      Collections.shuffle(shuffled, random);
      assertThat(of(shuffled).digests()).isEqualTo(expected);
    }
  }

  @Property(tries = 400)
  void mergingIsIdempotentCommutativeAndAssociative(@ForAll long seed) {
    List<Held> documents = new History(seed, 40).written;
    Random random = new Random(~seed);
    List<List<Held>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    documents.forEach(held -> parts.get(random.nextInt(3)).add(held));
    Holdings a = of(parts.get(0));
    Holdings b = of(parts.get(1));
    Holdings c = of(parts.get(2));
    assertThat(merged(a, a).digests()).isEqualTo(a.digests());
    assertThat(merged(a, b).digests()).isEqualTo(merged(b, a).digests());
    assertThat(merged(merged(a, b), c).digests()).isEqualTo(merged(a, merged(b, c)).digests());
    assertThat(merged(merged(a, b), c).digests()).isEqualTo(of(documents).digests());
  }

  @Property(tries = 400)
  void theNewestOfEveryWriterIsKeptUnlessItWasDeletedOrContinued(@ForAll long seed) {
    List<Held> documents = new History(seed, 40).written;
    Holdings holdings = of(documents);
    for (Held held : documents) {
      Document document = held.document();
      boolean gone =
          documents.stream().anyMatch(other -> makesSuperfluous(other.document(), document));
      boolean newest =
          documents.stream()
              .noneMatch(other ->
                  other.line().equals(held.line())
                      && other.document().deleted() == document.deleted()
                      && other.beats(held));
      if (newest && !gone) {
        assertThat(holdings.find(held.line())).contains(held);
      }
      if (gone) {
        assertThat(holdings.find(held.line())).isNotEqualTo(java.util.Optional.of(held));
      }
    }
  }

  private static boolean makesSuperfluous(Document other, Document document) {
    Key key = document.key();
    if (document.deleted()) {
      return false;
    }
    boolean deleted =
        other.deleted()
            && (other.key().equals(key)
                || (key.kind() == Key.Kind.REPLICA
                    && (other.key().equals(Key.resource(key.first()))
                        || other.key().equals(Key.node(key.second())))));
    return deleted
        || (key.kind() == Key.Kind.RESOURCE
            && other.key().equals(key)
            && other.supersedes(document));
  }

  @Property(tries = 200)
  void whateverAHostileNodeMakesUpEverybodyEndsUpEqual(@ForAll long seed) {
    Random random = new Random(seed);
    List<Held> documents = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      documents.add(Held.of(madeUp(random)));
    }
    DirectoryLimits small = new DirectoryLimits(4, 64, 3, 4, 4, 2, 1 << 20);
    Holdings a = new Holdings(small);
    Holdings b = new Holdings(small);
    documents.forEach(held -> (random.nextBoolean() ? a : b).merge(held));
    for (int round = 0; round < 20; round++) {
      List.copyOf(a.all()).forEach(b::merge);
      List.copyOf(b.all()).forEach(a::merge);
    }
    assertThat(a.digests()).isEqualTo(b.digests());
    assertThat(a.buckets()).isEqualTo(b.buckets());
    assertThat(a.of(Key.resource(new UUID(0, 1))).size()).isLessThanOrEqualTo(3);
    assertThat(a.tombstones()).isLessThanOrEqualTo(2);
  }

  /** Epochs that continue each other in ways that no log could, equal versions, late tombstones. */
  private static Document madeUp(Random random) {
    Key key = Key.resource(new UUID(0, 1 + random.nextInt(4)));
    boolean deleted = key.first().getLeastSignificantBits() > 2;
    EpochRef epoch = madeUpEpoch(random);
    List<EpochRef> continues = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0 && !deleted; i--) {
      EpochRef other = madeUpEpoch(random);
      if (other.compareTo(epoch) < 0 && !continues.contains(other)) {
        continues.add(other);
      }
    }
    Collections.sort(continues);
    return new Document(
        key,
        deleted,
        new Version(epoch, 1 + random.nextInt(3)),
        new Document.Origin(Key.NIL, Key.NIL, Key.NIL, random.nextInt(5)),
        continues,
        Blob.of(new byte[] {(byte) random.nextInt(3)}));
  }

  private static EpochRef madeUpEpoch(Random random) {
    return new EpochRef(random.nextInt(6), new UUID(0, random.nextInt(8)));
  }
}
