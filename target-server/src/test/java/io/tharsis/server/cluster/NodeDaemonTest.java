package io.tharsis.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.trust.TrustHome;
import io.tharsis.replication.trust.TrustLimits;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.trust.TrustSetting;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes in this process, on loopback: into a cluster, at work in it, and out of it. */
class NodeDaemonTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long DISK_BYTES = 4 << 20;
  private static final NodeSettings.Log SMALL =
      new NodeSettings.Log(64L << 20, Long.MAX_VALUE, 8L << 20, 16L << 20, 16L << 20);

  @TempDir private Path directory;

  private final List<NodeDaemon> running = new ArrayList<>();
  private final List<String> announced = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (NodeDaemon node : running) {
      node.close();
    }
  }

  private NodeSettings settings(String name) {
    HostPort free = new HostPort("127.0.0.1", 0);
    return new NodeSettings(
        Optional.of(name),
        new NodeSettings.Listen(free, free, free, Optional.empty()),
        new NodeSettings.Iscsi(false),
        new NodeSettings.Peers(
            List.of(),
            NodeSettings.Compression.NONE,
            1,
            List.of(),
            new NodeSettings.Dscp(0, 0, 0),
            Duration.ofSeconds(30)),
        SMALL,
        new NodeSettings.InputOutput(Optional.of(Transport.NIO), Optional.of(AppendMethod.THREAD)));
  }

  private NodeDaemon start(String name) throws IOException {
    return start(name, TrustSetting.standard());
  }

  private NodeDaemon start(String name, TrustSetting trust) throws IOException {
    NodeDaemon node =
        NodeDaemon.start(
            new NodeDaemon.Plan(directory.resolve(name), settings(name), "test", trust),
            announced::add);
    running.add(node);
    return node;
  }

  private void stop(NodeDaemon node) throws IOException {
    running.remove(node);
    node.close();
  }

  private static Outcome tell(NodeDaemon node, Command command) throws RefusedException {
    return node.control().execute(new Request(command, LIMIT, false));
  }

  private static Outcome.Done done(NodeDaemon node, Command command) throws RefusedException {
    return (Outcome.Done) tell(node, command);
  }

  private static Refusal refusal(NodeDaemon node, Command command) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> tell(node, command));
    assertThat(refused).as(command.verb()).isNotNull();
    return refused.refusal();
  }

  private static Outcome.TokenMade token(NodeDaemon node) throws RefusedException {
    return (Outcome.TokenMade) tell(node, new Command.CreateToken(Duration.ofHours(1)));
  }

  private static void join(NodeDaemon node, NodeDaemon at) throws RefusedException {
    Outcome.TokenMade token = token(at);
    assertThat(done(node, new Command.JoinCluster(token.peer(), token.token())).changed()).isTrue();
  }

  private Command create(String resource, String disk) {
    return new Command.CreateResource(
        resource,
        directory.resolve(disk).toString(),
        OptionalLong.of(DISK_BYTES),
        WriteCacheMode.DURABLE);
  }

  private static void await(NodeDaemon node, String what, Predicate<ClusterView> condition)
      throws RefusedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    ClusterView view = node.control().view();
    while (!condition.test(view)) {
      assertThat(System.nanoTime()).as("%s: %s", what, view).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
      view = node.control().view();
    }
  }

  private static void awaitLinked(NodeDaemon node, int nodes) throws RefusedException {
    await(
        node,
        nodes + " nodes",
        view -> view.nodes().size() == nodes && view.nodes().stream().allMatch(NodeView::linked));
  }

  @Test
  void withoutAClusterOnlyAClusterCanBeMadeOrJoined() throws IOException {
    NodeDaemon alpha = start("alpha");

    assertThat(alpha.control().view().node()).isEqualTo("alpha");
    assertThat(alpha.control().view().cluster()).isEmpty();
    assertThat(refusal(alpha, create("r", "disk")).code()).isEqualTo("not-in-cluster");
    assertThat(refusal(alpha, new Command.CreateToken(LIMIT)).code()).isEqualTo("not-in-cluster");
    assertThat(done(alpha, new Command.LeaveCluster(Optional.empty())).changed()).isFalse();
    assertThat(Files.exists(directory.resolve("disk"))).isFalse();
    assertThat(announced)
        .containsExactly(
            "ready node alpha data %s peers %s iscsi %s"
                .formatted(directory.resolve("alpha"), alpha.peers(), alpha.portal()));
  }

  @Test
  void aClusterIsMadeOnceAndKeptOverRestarts() throws IOException {
    NodeDaemon alpha = start("alpha");
    Request dry = new Request(new Command.CreateCluster(), LIMIT, true);

    assertThat(((Outcome.Done) alpha.control().execute(dry)).changed()).isTrue();
    assertThat(alpha.control().view().cluster()).isEmpty();
    assertThat(done(alpha, new Command.CreateCluster()).changed()).isTrue();
    assertThat(done(alpha, new Command.CreateCluster()).changed()).isFalse();
    Optional<String> cluster = alpha.control().view().cluster();
    assertThat(cluster).isPresent();
    stop(alpha);
    NodeDaemon again = start("alpha");
    assertThat(again.control().view().cluster()).isEqualTo(cluster);
  }

  @Test
  void nothingIsBegunWhereLinksCannotBeAccepted() throws IOException {
    NodeDaemon alpha = start("alpha");
    try (ServerSocket other = new ServerSocket()) {
      other.bind(alpha.peers().resolve());
      assertThat(refusal(alpha, new Command.CreateCluster()).code()).isEqualTo("cannot-listen");
      assertThat(directory.resolve("alpha/trust")).isEmptyDirectory();
    }
    assertThat(done(alpha, new Command.CreateCluster()).changed()).isTrue();
  }

  @Test
  void aNodeJoinsWithATokenAndBothSeeEachOther() throws IOException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    tell(alpha, new Command.CreateCluster());
    Outcome.TokenMade token = token(alpha);
    Command join = new Command.JoinCluster(token.peer(), token.token());

    assertThat(done(beta, join).changed()).isTrue();
    assertThat(done(beta, join).changed()).isFalse();
    awaitLinked(alpha, 2);
    awaitLinked(beta, 2);
    assertThat(refusal(start("gamma"), join).code()).isEqualTo("token-spent");
    Refusal elsewhere = refusal(beta, new Command.CreateToken(Duration.ofHours(1)));
    assertThat(elsewhere.code()).isEqualTo("no-ca-here");
    assertThat(elsewhere.advice()).contains("alpha");
  }

  @Test
  void aJoinerIsToldWhatIsWrong() throws IOException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    NodeDaemon other = start("other");
    tell(alpha, new Command.CreateCluster());
    tell(other, new Command.CreateCluster());
    String token = token(alpha).token();

    String nobody = new HostPort("127.0.0.1", 1).toString();
    assertThat(refusal(beta, new Command.JoinCluster(nobody, token)).code())
        .isEqualTo("peer-unreachable");
    assertThat(refusal(beta, new Command.JoinCluster(other.peers().toString(), token)).code())
        .isEqualTo("wrong-ca");
    assertThat(refusal(beta, new Command.JoinCluster(nobody, token + "x")).code())
        .isEqualTo("token-malformed");
    assertThat(refusal(other, new Command.JoinCluster(alpha.peers().toString(), token)).code())
        .isEqualTo("already-member");
    assertThat(done(beta, new Command.JoinCluster(alpha.peers().toString(), token)).changed())
        .isTrue();
  }

  @Test
  void aResourceIsMadeCopiedAndGivenUpAndTheNodesLeave() throws IOException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    tell(alpha, new Command.CreateCluster());
    join(beta, alpha);
    awaitLinked(beta, 2);

    assertThat(done(alpha, create("r", "disk-a")).changed()).isTrue();
    assertThat(announced)
        .contains("ready iscsi://" + alpha.portal() + "/iqn.2026-11.io.tharsis:r/0");
    await(beta, "r is known", view -> !view.resources().isEmpty());
    String copy = directory.resolve("disk-b").toString();
    assertThat(done(beta, new Command.JoinResource("r", copy)).changed()).isTrue();
    tell(beta, new Command.WaitResource("r", WaitState.UP_TO_DATE, Optional.empty()));
    assertThat(Files.mismatch(directory.resolve("disk-a"), Path.of(copy))).isEqualTo(-1);

    long larger = 2 * Files.size(Path.of(copy));
    assertThat(done(alpha, new Command.Resize("r", larger)).steps())
        .contains("the disk of beta is ready");
    assertThat(directory.resolve("disk-a")).hasSize(larger);
    assertThat(Path.of(copy)).hasSize(larger);
    await(beta, "r is larger", view -> view.resources().getFirst().sizeBytes() == larger);

    Optional<String> here = Optional.empty();
    assertThat(refusal(beta, new Command.LeaveCluster(here)).kind())
        .isEqualTo(Refusal.Kind.FORBIDDEN);
    assertThat(done(beta, new Command.LeaveResource("r", here, false)).changed()).isTrue();
    assertThat(directory.resolve("beta/resource-r")).doesNotExist();
    assertThat(done(beta, new Command.LeaveCluster(here)).changed()).isTrue();
    assertThat(beta.control().view().cluster()).isEmpty();
    assertThat(directory.resolve("beta/directory")).doesNotExist();
    assertThat(done(alpha, new Command.DeleteResource("r", false, false)).changed()).isTrue();
    assertThat(directory.resolve("alpha/resource-r")).doesNotExist();
    assertThat(done(alpha, new Command.LeaveCluster(here)).changed()).isTrue();
    assertThat(alpha.control().view().cluster()).isEmpty();
    assertThat(done(alpha, new Command.CreateCluster()).changed()).isTrue();
  }

  /** Certificates are dated back by an hour, so all of them are due at once. */
  private static TrustSetting impatient() {
    return new TrustSetting(
        InstantSource.system(),
        new SecureRandom(),
        new TrustLimits(
            Duration.ofDays(50 * 365),
            Duration.ofDays(30),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofDays(7)));
  }

  private byte[] certificate(String node) throws IOException {
    return Files.readAllBytes(directory.resolve(node).resolve("trust/node.pem"));
  }

  @Test
  void certificatesAreRenewedWhileTheNodesRun() throws IOException {
    NodeDaemon alpha = start("alpha", impatient());
    NodeDaemon beta = start("beta", impatient());
    tell(alpha, new Command.CreateCluster());
    byte[] firstOfAlpha = certificate("alpha");
    join(beta, alpha);
    byte[] firstOfBeta = certificate("beta");
    await(
        beta,
        "both have other certificates",
        view -> {
          try {
            return !Arrays.equals(firstOfAlpha, certificate("alpha"))
                && !Arrays.equals(firstOfBeta, certificate("beta"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    stop(alpha);
    NodeDaemon again = start("alpha", impatient());
    awaitLinked(again, 2);
    awaitLinked(beta, 2);
  }

  private static final String PHRASE = "five random words of mine";

  private static String export(NodeDaemon node) throws RefusedException {
    return ((Outcome.CaExported) tell(node, new Command.CaExport(PHRASE))).export();
  }

  @Test
  void theCaMovesToAnotherNodeAndIsUsedThereOnly() throws IOException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    NodeDaemon gamma = start("gamma");
    tell(alpha, new Command.CreateCluster());
    join(beta, alpha);
    String export = export(alpha);
    assertThat(refusal(beta, new Command.CaExport(PHRASE)).code()).isEqualTo("no-ca-here");
    assertThat(refusal(alpha, new Command.CaExport("short")).code()).isEqualTo("weak-pass-phrase");
    Outcome.TokenMade old = token(alpha);
    stop(alpha);

    assertThat(refusal(beta, new Command.CaImport(export, PHRASE + "x")).code())
        .isEqualTo("wrong-pass-phrase");
    String cut = export.substring(0, export.length() / 2);
    assertThat(refusal(beta, new Command.CaImport(cut, PHRASE)).code())
        .isEqualTo("export-unreadable");
    assertThat(refusal(gamma, new Command.CaImport(export, PHRASE)).code())
        .isEqualTo("not-in-cluster");
    tell(gamma, new Command.CreateCluster());
    assertThat(refusal(gamma, new Command.CaImport(export, PHRASE)).code()).isEqualTo("wrong-ca");
    tell(gamma, new Command.LeaveCluster(Optional.empty()));

    assertThat(done(beta, new Command.CaImport(export, PHRASE)).changed()).isTrue();
    assertThat(done(beta, new Command.CaImport(export, PHRASE)).changed()).isFalse();
    join(gamma, beta);
    NodeDaemon again = start("alpha");
    awaitLinked(again, 3);
    assertThat(refusal(again, new Command.CreateToken(LIMIT)).advice()).contains("beta");
    assertThat(refusal(again, new Command.CaExport(PHRASE)).code()).isEqualTo("no-ca-here");
    assertThat(directory.resolve("alpha/trust/ca.pem")).doesNotExist();
    assertThat(refusal(start("delta"), new Command.JoinCluster(old.peer(), old.token())).code())
        .isIn("link-refused", "peer-unreachable");
    assertThat(done(again, new Command.LeaveCluster(Optional.empty())).changed()).isTrue();
    await(beta, "alpha has left", view -> view.nodes().size() == 2);
  }

  @Test
  void aNodeThatWasThrownOutWhileItWasAwayIsToldSoAndCanForgetTheCluster() throws IOException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    tell(alpha, new Command.CreateCluster());
    join(beta, alpha);
    awaitLinked(beta, 2);
    tell(alpha, create("r", "disk-a"));
    tell(beta, new Command.JoinResource("r", directory.resolve("disk-b").toString()));
    Optional<String> here = Optional.empty();
    assertThat(refusal(beta, new Command.LeaveCluster(here, true, false)).code())
        .isEqualTo("still-a-member");
    stop(beta);
    await(alpha, "beta is away", view -> !view.nodes().getLast().linked());
    tell(alpha, new Command.LeaveResource("r", Optional.of("beta"), false));
    assertThat(done(alpha, new Command.LeaveCluster(Optional.of("beta"))).changed()).isTrue();

    NodeDaemon again = start("beta");
    await(
        again,
        "beta knows that it was thrown out",
        view -> view.alarms().stream().anyMatch(words -> words.contains("--local")));
    assertThat(refusal(again, new Command.LeaveCluster(here)).kind())
        .isEqualTo(Refusal.Kind.FORBIDDEN);
    Refusal replicas = refusal(again, new Command.LeaveCluster(here, true, false));
    assertThat(replicas.code()).isEqualTo("has-replicas");
    assertThat(replicas.fact()).contains("r, as a secondary").contains("disk-b");
    Outcome.Done gone = done(again, new Command.LeaveCluster(here, true, true));
    assertThat(gone.steps()).anyMatch(step -> step.contains("disk-b"));
    assertThat(again.control().view().cluster()).isEmpty();
    assertThat(directory.resolve("beta/resource-r")).doesNotExist();
    assertThat(directory.resolve("disk-b")).hasSize(DISK_BYTES);
    join(again, alpha);
    awaitLinked(again, 2);
  }

  private static boolean haveEqual(Path one, Path other, String file) {
    try {
      return Files.mismatch(one.resolve(file), other.resolve(file)) < 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void throwOut(NodeDaemon at, String away) throws RefusedException {
    await(
        at,
        away + " is away",
        view -> view.nodes().stream().noneMatch(one -> one.name().equals(away) && one.linked()));
    assertThat(done(at, new Command.LeaveCluster(Optional.of(away))).changed()).isTrue();
  }

  @Test
  void whatTwoHoldersOfTheCaRevokedWithoutEachOtherStaysRevoked()
      throws IOException, TrustRefusedException {
    NodeDaemon alpha = start("alpha");
    NodeDaemon beta = start("beta");
    NodeDaemon gamma = start("gamma");
    NodeDaemon delta = start("delta");
    tell(alpha, new Command.CreateCluster());
    for (NodeDaemon node : List.of(beta, gamma, delta)) {
      join(node, alpha);
    }
    for (NodeDaemon node : List.of(alpha, beta, gamma, delta)) {
      awaitLinked(node, 4);
    }
    String export = export(alpha);
    stop(gamma);
    stop(delta);
    stop(alpha);
    assertThat(done(beta, new Command.CaImport(export, PHRASE)).changed()).isTrue();
    throwOut(beta, "gamma");
    stop(beta);
    alpha = start("alpha");
    throwOut(alpha, "delta");
    new Seeds(directory.resolve("beta")).remember(alpha.peers());
    beta = start("beta");
    Path one = directory.resolve("alpha/trust");
    Path other = directory.resolve("beta/trust");
    await(
        alpha,
        "one document says what both said",
        view ->
            !Files.exists(one.resolve("cluster-apart"))
                && !Files.exists(other.resolve("cluster-apart"))
                && haveEqual(one, other, "cluster"));
    for (NodeDaemon node : List.of(alpha, beta)) {
      awaitLinked(node, 2);
      assertThat(node.control().view().alarms()).isEmpty();
    }
    stop(alpha);
    stop(beta);
    for (Path trust : List.of(one, other)) {
      SortedSet<UUID> revoked =
          TrustHome.at(trust, TrustSetting.standard())
              .open()
              .orElseThrow()
              .document()
              .members()
              .revokedNodes();
      assertThat(revoked).as("%s", trust).hasSize(2);
    }
    assertThat(Files.exists(one.resolve("ca.pem")))
        .isNotEqualTo(Files.exists(other.resolve("ca.pem")));
  }

  private void leaveHalfWay(NodeDaemon alpha, Path obstacle) throws IOException {
    tell(alpha, new Command.CreateCluster());
    token(alpha);
    Files.createDirectories(obstacle);
    assertThat(refusal(alpha, new Command.LeaveCluster(Optional.empty(), true, false)).kind())
        .isEqualTo(Refusal.Kind.HOST);
    assertThat(alpha.control().view().cluster()).isEmpty();
    assertThat(directory.resolve("alpha/trust/ca.pem")).exists();
  }

  @Test
  void aLeaveThatWasStoppedHalfWayIsEndedByTheNextOne() throws IOException {
    NodeDaemon alpha = start("alpha");
    Path obstacle = directory.resolve("alpha/members/made by/somebody else");
    leaveHalfWay(alpha, obstacle);
    assertThat(refusal(alpha, new Command.CreateCluster()).kind()).isEqualTo(Refusal.Kind.HOST);
    Files.delete(obstacle);
    Command leave = new Command.LeaveCluster(Optional.empty());
    assertThat(done(alpha, leave).changed()).isTrue();
    assertThat(done(alpha, leave).changed()).isFalse();
    assertThat(directory.resolve("alpha/trust")).isEmptyDirectory();
    assertThat(done(alpha, new Command.CreateCluster()).changed()).isTrue();
  }

  @Test
  void aLeaveThatWasStoppedHalfWayIsEndedAtTheNextStart() throws IOException {
    NodeDaemon alpha = start("alpha");
    Path obstacle = directory.resolve("alpha/members/made by/somebody else");
    leaveHalfWay(alpha, obstacle);
    stop(alpha);
    Files.delete(obstacle);
    NodeDaemon again = start("alpha");
    assertThat(directory.resolve("alpha/trust")).isEmptyDirectory();
    assertThat(again.control().view().cluster()).isEmpty();
  }
}
