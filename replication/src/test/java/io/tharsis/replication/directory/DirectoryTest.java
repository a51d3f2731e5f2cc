package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a directory promises, one promise after the other. */
class DirectoryTest {

  private final Simulation simulation = new Simulation(11);
  private final TestNet net = new TestNet(simulation);
  private final TestNode a = node("a", 1);
  private final TestNode b = node("b", 2);
  private final TestNode c = node("c", 3);

  private TestNode node(String name, long id) {
    return new TestNode(simulation, name, new UUID(1, id));
  }

  private void start(TestNode... nodes) {
    for (TestNode node : nodes) {
      node.start(() -> {});
    }
    simulation.runUntil(() -> List.of(nodes).stream().allMatch(TestNode::isUp), 100_000);
  }

  private <T> T done(TestNode node, Supplier<Async<T>> call) {
    List<Async<T>> result = new ArrayList<>();
    node.run(() -> result.add(call.get()));
    simulation.runUntil(() -> !result.isEmpty() && result.getFirst().isDone(), 100_000);
    return result.getFirst().value();
  }

  private <T> IOException refused(TestNode node, Supplier<Async<T>> call) {
    List<Async<T>> result = new ArrayList<>();
    node.run(() -> result.add(call.get()));
    simulation.runUntil(() -> !result.isEmpty() && result.getFirst().isDone(), 100_000);
    return result.getFirst().failure().orElseThrow();
  }

  private static WriteRefused.Code code(IOException refusal) {
    return ((WriteRefused) refusal).code();
  }

  private Version sayNode(TestNode node, String program) {
    return done(
        node,
        () ->
            node.directory()
                .writeNode(
                    new NodeDocument(
                        node.host().name(),
                        node.directory().self().incarnation(),
                        List.of(),
                        new NodeDocument.Versions(program, 1, 1),
                        List.of())));
  }

  private static String program(TestNode at, TestNode of) {
    return at.directory().view().node(of.id()).orElseThrow().content().versions().program();
  }

  private void settle() {
    simulation.runFor(Duration.ofSeconds(20));
  }

  private static Authority authority(long number, UUID id, EpochRef... continues) {
    return new Authority(new EpochRef(number, id), List.of(continues), false);
  }

  @Test
  void whatANodeSaysReachesTheOthersAlsoThroughOthers() {
    start(a, b, c);
    net.connect(a, b);
    net.connect(b, c);
    sayNode(a, "1");
    settle();
    assertThat(program(c, a)).isEqualTo("1");
    assertThat(c.digests()).isEqualTo(a.digests());
    sayNode(a, "2");
    settle();
    assertThat(program(c, a)).isEqualTo("2");
    assertThat(c.directory().view().age(a.id()).orElseThrow()).isLessThan(Duration.ofSeconds(10));
    net.cut(a, b);
    simulation.runFor(Duration.ofMinutes(10));
    assertThat(c.directory().view().age(a.id()).orElseThrow())
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
    assertThat(c.directory().view().age(b.id()).orElseThrow()).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void equalDirectoriesSayLittle() {
    start(a, b);
    net.connect(a, b);
    for (int i = 0; i < 50; i++) {
      UUID resource = new UUID(5, i);
      done(a, () -> a.directory().writeReplica(resource, Samples.replica(Samples.MEMBERSHIP, 1)));
    }
    settle();
    long before = net.sentBytes();
    simulation.runFor(Duration.ofSeconds(100));
    assertThat((net.sentBytes() - before) / 100).isLessThan(1024);
  }

  @Test
  void whatIsToldIsDurable() {
    start(a);
    sayNode(a, "1");
    assertThat(a.changes()).containsExactly(Key.node(a.id()));
    a.crash(true);
    start(a);
    assertThat(program(a, a)).isEqualTo("1");
    assertThat(a.remarks()).isEmpty();
  }

  @Test
  void theSameWordsAreNotWrittenAgain() {
    start(a);
    Version first = sayNode(a, "1");
    assertThat(sayNode(a, "1")).isEqualTo(first);
    assertThat(sayNode(a, "2")).isGreaterThan(first);
    assertThat(a.changes()).hasSize(2);
  }

  @Test
  void aWriteThatFailsChangesNothing() {
    start(a);
    sayNode(a, "1");
    String file = a.files().files().getFirst();
    a.files().medium(file).faults().next(Fault.WRITE_ERROR);
    IOException failure =
        refused(
            a,
            () ->
                a.directory()
                    .writeNode(
                        new NodeDocument(
                            "a",
                            a.directory().self().incarnation(),
                            List.of(),
                            new NodeDocument.Versions("2", 1, 1),
                            List.of())));
    assertThat(failure).hasMessageContaining("Input/output error");
    assertThat(program(a, a)).isEqualTo("1");
    assertThat(a.alarms()).hasOnlyElementsOfType(Alarm.NotStored.class).hasSize(1);
    sayNode(a, "3");
    assertThat(a.directory().alarms()).isEmpty();
    a.crash(true);
    start(a);
    assertThat(program(a, a)).isEqualTo("3");
  }

  @Test
  void wordsThatCouldNotBeKeptDoNotBeatLaterOnes() {
    for (int i = 0; i < 8; i++) {
      TestNode node = node("failing" + i, 10 + i);
      start(node);
      node.files().faults().next(Fault.DIRECTORY_SYNC_ERROR).next(Fault.DELETE_ERROR, 9);
      assertThat(
              refused(
                  node,
                  () ->
                      node.directory()
                          .writeReplica(Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 1))))
          .hasMessageContaining("Input/output error");
      done(
          node,
          () ->
              node.directory()
                  .writeReplica(Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 2)));
      // both files are there: of the words that failed, and of those that were kept
      assertThat(node.files().files()).hasSize(2);
      node.crash(false);
      start(node);
      assertThat(
              node.directory()
                  .view()
                  .replica(Samples.RESOURCE, node.id())
                  .orElseThrow()
                  .content()
                  .log()
                  .durableLsn())
          .isEqualTo(2);
    }
  }

  @Test
  void whatWasDeletedDoesNotComeBackFromWhoWasAway() {
    start(a, b, c);
    net.connect(a, b);
    net.connect(b, c);
    UUID epoch = new UUID(6, 1);
    ResourceDocument resource = Samples.resource(a.id(), c.id());
    done(a, () -> a.directory().writeResource(Samples.RESOURCE, authority(1, epoch), resource));
    done(
        c,
        () -> c.directory().writeReplica(Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 1)));
    settle();
    assertThat(a.digests()).hasSize(2).isEqualTo(c.digests());
    net.cut(b, c);
    done(a, () -> a.directory().delete(Key.resource(Samples.RESOURCE), "mail"));
    settle();
    assertThat(b.directory().view().resources()).isEmpty();
    assertThat(b.digests()).hasSize(1);
    // c goes on with it, in a later epoch even
    done(
        c,
        () ->
            c.directory()
                .writeResource(
                    Samples.RESOURCE,
                    authority(2, new UUID(6, 2), new EpochRef(1, epoch)),
                    resource));
    net.connect(b, c);
    settle();
    assertThat(c.digests()).isEqualTo(a.digests()).isEqualTo(b.digests()).hasSize(1);
    assertThat(
            c.directory().view().deletion(Key.resource(Samples.RESOURCE)).orElseThrow().content())
        .isEqualTo(new Content.Tombstone("mail"));
    assertThat(
            code(
                refused(
                    c,
                    () ->
                        c.directory()
                            .writeReplica(
                                Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 2)))))
        .isEqualTo(WriteRefused.Code.DELETED);
    for (TestNode node : List.of(a, b, c)) {
      node.crash(true);
    }
    start(a, b, c);
    assertThat(c.digests()).isEqualTo(a.digests()).hasSize(1);
    assertThat(c.files().files()).hasSize(1);
  }

  @Test
  void anEarlierMembershipDoesNotCount() {
    start(a, b);
    net.connect(a, b);
    UUID epoch = new UUID(6, 1);
    done(b, () -> b.directory().writeReplica(Samples.RESOURCE, Samples.replica(new UUID(7, 1), 5)));
    done(
        a,
        () ->
            a.directory()
                .writeResource(Samples.RESOURCE, authority(1, epoch), Samples.resource(b.id())));
    settle();
    Views view = a.directory().view();
    assertThat(view.members(view.branches(Samples.RESOURCE).getFirst()))
        .singleElement()
        .satisfies(member -> assertThat(member.replica()).isEmpty());
    done(
        b,
        () -> b.directory().writeReplica(Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 6)));
    settle();
    assertThat(view.members(view.branches(Samples.RESOURCE).getFirst()).getFirst().replica())
        .get()
        .satisfies(shown -> assertThat(shown.content().log().durableLsn()).isEqualTo(6));
  }

  @Test
  void whoWasRestoredFromABackupOvertakesWhatItHadSaid() {
    start(a, b);
    net.connect(a, b);
    sayNode(a, "1");
    Map<String, byte[]> backup = a.backup();
    sayNode(a, "2");
    Version last = sayNode(a, "3");
    settle();
    restore(a, backup);
    start(a);
    assertThat(program(a, a)).isEqualTo("1");
    Version early = sayNode(a, "restored");
    assertThat(early.epoch().number()).isEqualTo(last.epoch().number() + 1);
    net.connect(a, b);
    settle();
    assertThat(program(b, a)).isEqualTo("restored");
    assertThat(a.digests()).isEqualTo(b.digests());
    assertThat(a.alarms()).isEmpty();
  }

  @Test
  void whoWasRestoredTwiceStillOvertakes() {
    start(a, b);
    net.connect(a, b);
    sayNode(a, "1");
    settle();
    Map<String, byte[]> backup = a.backup();
    for (int i = 0; i < 5; i++) {
      restore(a, backup);
      start(a);
      String words = "restored " + i;
      sayNode(a, words);
      net.connect(a, b);
      settle();
      assertThat(program(b, a)).isEqualTo(words);
      assertThat(program(a, a)).isEqualTo(words);
    }
    assertThat(a.alarms()).isEmpty();
  }

  private void restore(TestNode node, Map<String, byte[]> backup) {
    net.isolate(node, List.of(a, b, c));
    node.crash(true);
    boolean[] restored = {false};
    node.restore(backup, () -> restored[0] = true);
    simulation.runUntil(() -> restored[0], 100_000);
    node.crash(false);
  }

  @Test
  void whoSaysNothingAfterARestoreTakesItsOwnWordsFromPeers() {
    start(a, b);
    net.connect(a, b);
    sayNode(a, "1");
    Map<String, byte[]> backup = a.backup();
    sayNode(a, "2");
    settle();
    restore(a, backup);
    start(a);
    net.connect(a, b);
    settle();
    assertThat(program(a, a)).isEqualTo("2");
  }

  @Test
  void aCopiedNodeIsFoundOutAndOneOfTheTwoIsSilenced() {
    start(a, c);
    net.connect(a, c);
    sayNode(a, "1");
    settle();
    Map<String, byte[]> copy = a.backup();
    TestNode clone = new TestNode(simulation, "clone", a.id());
    boolean[] restored = {false};
    clone.restore(copy, () -> restored[0] = true);
    simulation.runUntil(() -> restored[0], 100_000);
    clone.crash(false);
    start(clone);
    sayNode(clone, "clone");
    // c can talk to only one of them at a time
    for (int i = 0; i < 6; i++) {
      net.connect(i % 2 == 0 ? clone : a, c);
      settle();
      net.cut(a, c);
    }
    List<Alarm> doubles = new ArrayList<>(a.alarms());
    doubles.addAll(clone.alarms());
    assertThat(doubles).hasOnlyElementsOfType(Alarm.Copied.class).hasSize(1);
    TestNode silenced = a.alarms().isEmpty() ? clone : a;
    assertThat(
            code(
                refused(
                    silenced,
                    () ->
                        silenced
                            .directory()
                            .writeReplica(
                                Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 1)))))
        .isEqualTo(WriteRefused.Code.DOUBLE);
  }

  @Test
  void twoBranchesAreBothKeptUntilOneOverrulesTheOther() {
    start(a, b);
    UUID first = new UUID(6, 1);
    EpochRef root = new EpochRef(1, first);
    ResourceDocument resource = Samples.resource(a.id(), b.id());
    done(a, () -> a.directory().writeResource(Samples.RESOURCE, authority(1, first), resource));
    net.connect(a, b);
    settle();
    net.cut(a, b);
    EpochRef left = new EpochRef(2, new UUID(6, 2));
    EpochRef right = new EpochRef(2, new UUID(6, 3));
    done(
        a,
        () ->
            a.directory()
                .writeResource(
                    Samples.RESOURCE, new Authority(left, List.of(root), false), resource));
    done(
        b,
        () ->
            b.directory()
                .writeResource(
                    Samples.RESOURCE, new Authority(right, List.of(root), false), resource));
    net.connect(a, b);
    settle();
    assertThat(a.digests()).isEqualTo(b.digests()).hasSize(2);
    assertThat(a.directory().view().isSplit(Samples.RESOURCE)).isTrue();
    assertThat(a.alarms()).containsExactly(new Alarm.Split(Samples.RESOURCE, 2));
    // each goes on in its own epoch only if it says that it knows
    assertThat(
            code(
                refused(
                    a,
                    () ->
                        a.directory()
                            .writeResource(
                                Samples.RESOURCE,
                                new Authority(left, List.of(root), false),
                                Samples.resource(a.id())))))
        .isEqualTo(WriteRefused.Code.WOULD_SPLIT);
    assertThat(
            code(
                refused(
                    a,
                    () ->
                        a.directory()
                            .writeResource(
                                Samples.RESOURCE,
                                new Authority(right, List.of(root), true),
                                Samples.resource(a.id())))))
        .isEqualTo(WriteRefused.Code.NOT_WRITER);
    EpochRef winner = new EpochRef(3, new UUID(6, 4));
    done(
        a,
        () ->
            a.directory()
                .writeResource(
                    Samples.RESOURCE,
                    new Authority(winner, List.of(root, left, right), false),
                    resource));
    settle();
    assertThat(b.digests()).isEqualTo(a.digests()).hasSize(1);
    assertThat(b.directory().view().isSplit(Samples.RESOURCE)).isFalse();
    assertThat(b.directory().alarms()).isEmpty();
    assertThat(
            code(
                refused(
                    b,
                    () ->
                        b.directory()
                            .writeResource(
                                Samples.RESOURCE,
                                new Authority(right, List.of(root), true),
                                resource))))
        .isEqualTo(WriteRefused.Code.NOT_WRITER);
  }

  @Test
  void aClockThatIsFarAheadIsNotBelieved() {
    start(a, b);
    a.host().jumpWallClock(Duration.ofMinutes(6));
    sayNode(a, "1");
    sayNode(b, "1");
    net.connect(a, b);
    settle();
    assertThat(b.digests()).hasSize(1);
    assertThat(a.digests()).hasSize(2);
    assertThat(b.alarms())
        .singleElement()
        .isInstanceOfSatisfying(
            Alarm.ClockAhead.class,
            ahead -> assertThat(ahead.aheadMillis()).isBetween(359_000L, 361_000L));
    a.host().jumpWallClock(Duration.ofMinutes(-6));
    settle();
    assertThat(b.digests()).isEqualTo(a.digests()).hasSize(2);
    assertThat(b.directory().alarms()).isEmpty();
  }

  @Test
  void rottenFilesAreNamedAndTheirDocumentsComeBackFromPeers() {
    start(a, b);
    net.connect(a, b);
    sayNode(a, "1");
    sayNode(b, "1");
    settle();
    sayNode(a, "2");
    settle();
    net.isolate(a, List.of(b));
    a.crash(true);
    for (String file : a.files().files()) {
      // the half that was written last: 0 was first, 1 the update
      a.files().medium(file).rot(new Range(0, 100));
      a.files().medium(file).rot(new Range(4096, 4196));
    }
    start(a);
    assertThat(a.digests()).isEmpty();
    assertThat(a.remarks()).extracting(Remark::kind).containsOnly(Remark.Kind.DAMAGED).hasSize(2);
    assertThat(a.files().files()).allMatch(name -> name.startsWith("damaged-"));
    net.connect(a, b);
    settle();
    assertThat(a.digests()).isEqualTo(b.digests()).hasSize(2);
    assertThat(program(a, a)).isEqualTo("2");
  }

  @Test
  void oneRottenHalfLeavesTheOtherAndIsNamed() {
    start(a);
    sayNode(a, "1");
    sayNode(a, "2");
    a.crash(true);
    a.files().medium(a.files().files().getFirst()).rot(new Range(4096, 4196));
    start(a);
    assertThat(program(a, a)).isEqualTo("1");
    assertThat(a.remarks()).extracting(Remark::kind).containsExactly(Remark.Kind.HALF_DAMAGED);
  }

  @Test
  void aDocumentThatOutgrowsItsFileMoves() {
    start(a);
    for (int round = 0; round < 3; round++) {
      int bytes = 1_000 + round * 20_000;
      done(
          a,
          () ->
              a.directory().writeCluster(new ClusterDocument(Blob.of(new byte[bytes])), 1 + bytes));
    }
    settle();
    assertThat(a.files().files()).hasSize(1);
    a.crash(true);
    start(a);
    assertThat(a.directory().view().cluster().orElseThrow().content().signed().sizeBytes())
        .isEqualTo(41_000);
  }

  @Test
  void anUnknownDocumentIsKeptAndPassedOn() {
    start(a, b, c);
    Document newer =
        new Document(
            new Key(77, Samples.NODE, Samples.OTHER),
            false,
            Samples.version(1, Samples.START, 1),
            new Document.Origin(Samples.NODE, Samples.START, Key.NIL, 1),
            List.of(),
            Blob.of(new byte[] {1, 2, 3}));
    a.run(() -> assertThat(a.directory().receive(Samples.NODE, newer.encode())).isPresent());
    settle();
    net.connect(a, b);
    settle();
    net.cut(a, b);
    b.crash(true);
    start(b);
    net.connect(b, c);
    settle();
    assertThat(c.digests()).isEqualTo(a.digests()).hasSize(1);
    assertThat(c.directory().view().unread()).hasSize(1);
  }

  @Test
  void whatCannotBeTrueIsRefusedAndTold() {
    a.warrant((document, counter) -> Async.of(false));
    start(a);
    a.run(() -> {
      Directory directory = a.directory();
      Document forged =
          new Document(
              Key.node(b.id()),
              false,
              Samples.version(1, Samples.START, 1),
              new Document.Origin(Samples.NODE, Samples.START, Key.NIL, 1),
              List.of(),
              Blob.EMPTY);
      Document unbeatable =
          Samples.document(
              Key.node(Samples.NODE),
              Samples.version(EpochRef.MAX_NUMBER, Samples.START, 1),
              List.of(),
              Samples.node());
      directory.receive(new UUID(9, 1), forged.encode());
      directory.receive(new UUID(9, 2), unbeatable.encode());
      directory.receive(new UUID(9, 3), Blob.of(new byte[] {1, 2, 3}));
      directory.receive(new UUID(9, 4), Samples.clusterDocument().encode());
      directory.receive(new UUID(9, 5), Samples.nodeDocument().encode());
    });
    settle();
    assertThat(a.digests()).hasSize(1);
    assertThat(a.alarms()).hasOnlyElementsOfType(Alarm.Nonsense.class).hasSize(4);
  }

  @Test
  void aPeerCannotMakeItGrowBeyondItsLimits() {
    a.limits(new DirectoryLimits(3, 5, 2, 4, 2, 6, 1 << 20));
    start(a);
    for (int i = 0; i < 40; i++) {
      UUID id = new UUID(8, i);
      List<Document> all =
          List.of(
              new Document(
                  Key.node(id),
                  false,
                  Samples.version(1, Samples.START, 1),
                  new Document.Origin(id, Samples.START, Key.NIL, 1),
                  List.of(),
                  Blob.EMPTY),
              Samples.document(
                  Key.resource(i < 10 ? Samples.RESOURCE : id),
                  Samples.version(1 + i, id, 1),
                  List.of(),
                  Samples.resource(id)),
              new Document(
                  new Key(9, id, id),
                  false,
                  Samples.version(1, Samples.START, 1),
                  new Document.Origin(id, Samples.START, Key.NIL, 1),
                  List.of(),
                  Blob.EMPTY),
              Samples.document(
                  Key.resource(new UUID(10, i)),
                  Samples.version(1, Samples.START, 1),
                  List.of(),
                  new Content.Tombstone("x")));
      a.run(() -> all.forEach(document -> a.directory().receive(b.id(), document.encode())));
      simulation.runFor(Duration.ofMillis(i < 10 ? 100 : 0));
    }
    settle();
    a.run(() -> {
      Holdings holdings = a.directory().holdings();
      assertThat(holdings.tombstones()).isEqualTo(6);
      assertThat(holdings.of(Key.resource(Samples.RESOURCE))).hasSize(2);
      assertThat(holdings.all()).hasSizeLessThanOrEqualTo(3 + 5 + 4 + 2 + 6);
    });
    settle();
    assertThat(a.alarms()).hasAtLeastOneElementOfType(Alarm.Full.class);
    assertThat(a.files().files()).hasSizeLessThanOrEqualTo(3 + 5 + 4 + 2 + 6);
  }

  @Test
  void closingEndsWhatRunsAndGivesTheStoreBack() {
    start(a);
    a.run(() -> {
      a.directory()
          .writeReplica(Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 1))
          .observe(version -> {}, cause -> {});
    });
    done(a, () -> a.directory().close());
    assertThat(
            code(
                refused(
                    a,
                    () ->
                        a.directory()
                            .writeReplica(
                                Samples.RESOURCE, Samples.replica(Samples.MEMBERSHIP, 2)))))
        .isEqualTo(WriteRefused.Code.CLOSED);
    start(a);
    assertThat(a.digests()).hasSize(1);
  }
}
