package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Blob;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a directory promises, one promise after the other. */
class DirectoryTest extends ThreeNodes {

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
    a.run(() ->
        assertThat(a.directory().receive(Samples.NODE, newer.encode(), any -> true)).isPresent());
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
