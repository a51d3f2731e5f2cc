package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a directory does about faults, copies, wrong clocks and bad peers. */
class DirectoryTroubleTest extends ThreeNodes {

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
  void theClusterDocumentIsHeardWhateverTheClocksAre() {
    start(a, b, c);
    b.host().jumpWallClock(Duration.ofMinutes(-6));
    net.connect(a, b);
    net.connect(b, c);
    sayNode(a, "1");
    ClusterDocument signed = new ClusterDocument(Blob.of(new byte[] {1, 2, 3}));
    done(a, () -> a.directory().writeCluster(signed, 7));
    settle();
    assertThat(b.digests()).containsOnlyKeys(Line.of(Key.cluster()));
    assertThat(c.digests()).isEqualTo(b.digests());
    assertThat(b.alarms())
        .allMatch(alarm -> alarm instanceof Alarm.ClockAhead)
        .extracting(Alarm::subject)
        .doesNotHaveDuplicates();
    ClusterDocument later = new ClusterDocument(Blob.of(new byte[] {4, 5, 6}));
    done(a, () -> a.directory().writeCluster(later, 8));
    settle();
    assertThat(b.digests()).isEqualTo(c.digests());
    assertThat(c.directory().view().cluster().orElseThrow().content()).isEqualTo(later);
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
      directory.receive(new UUID(9, 1), forged.encode(), any -> true);
      directory.receive(new UUID(9, 2), unbeatable.encode(), any -> true);
      directory.receive(new UUID(9, 3), Blob.of(new byte[] {1, 2, 3}), any -> true);
      directory.receive(new UUID(9, 4), Samples.clusterDocument().encode(), any -> true);
      directory.receive(new UUID(9, 5), Samples.nodeDocument().encode(), any -> true);
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
      a.run(() ->
          all.forEach(document -> a.directory().receive(b.id(), document.encode(), any -> true)));
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
}
