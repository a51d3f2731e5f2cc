package io.tharsis.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.Lag;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.control.view.SettingsView;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.server.iscsi.RejectReason;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.AppendProbe;
import io.tharsis.server.scsi.Nexus;
import io.tharsis.server.scsi.ScsiCommand;
import io.tharsis.server.scsi.ScsiResult;
import io.tharsis.server.scsi.ScsiTask;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TaskManagement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted, what it is called, and that it can be fetched. */
class NodeMetricsTest {

  private static final int CHECK_CONDITION = 2;

  private static final ResourceStatus STATUS =
      new ResourceStatus(
          new ResourceState.Serving(),
          new ApplyState.PausedNoSpace("full"),
          new ResourceStatus.Marks(50, 100, 150, 200, 300, 101),
          new ResourceStatus.LogSpace(102, 103, Optional.empty(), 104, 105),
          new ResourceStatus.Answering(106, true),
          new ResourceStatus.Traffic(0, 0, 0, 0, 201, 203));

  private static final ClusterView CLUSTER =
      new ClusterView(
          "a",
          Optional.of("id"),
          List.of(new NodeView("b", "id", "1", List.of(), true, Duration.ofSeconds(1))),
          List.of(
              new ResourceView(
                  "web",
                  "id",
                  1 << 20,
                  Optional.of("a"),
                  1,
                  SettingsView.STANDARD,
                  List.of(
                      new ReplicaView(
                          "b",
                          "OutDated",
                          "R",
                          "Replaying",
                          "Secondary",
                          "dCASfr",
                          new ReplicaView.Marks(0, 4096),
                          new Lag(4096, Duration.ofMillis(1500)),
                          List.of(
                              new Progress(
                                  Progress.Kind.SYNC,
                                  65_536,
                                  OptionalLong.empty(),
                                  1,
                                  Optional.empty())),
                          Duration.ofSeconds(1),
                          "",
                          BranchView.NONE)),
                  List.of("one"))),
          List.of("another"));

  /** Keeps what it is given; the test ends the commands. */
  private static final class Device implements TargetDevice {
    private final List<ScsiTask.Listener> begun = new ArrayList<>();

    @Override
    public Nexus establish(String initiatorPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void lose(Nexus nexus, Runnable done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ScsiTask begin(ScsiCommand command, ScsiTask.Listener listener) {
      begun.add(listener);
      return new ScsiTask() {
        @Override
        public int dataOutBytes() {
          return command.direction() == ScsiCommand.Direction.WRITE ? 4096 : 0;
        }

        @Override
        public void dataOut(io.netty.buffer.ByteBuf data) {
          throw new UnsupportedOperationException();
        }
      };
    }

    @Override
    public void manage(
        TaskManagement.Function function,
        Nexus nexus,
        long lun,
        int taskTag,
        TaskManagement.Listener listener) {
      throw new UnsupportedOperationException();
    }
  }

  private final NodeMetrics metrics = new NodeMetrics();
  private final Device device = new Device();
  private final List<ScsiResult> results = new ArrayList<>();
  private CompletableFuture<ResourceStatus> status = CompletableFuture.completedFuture(STATUS);
  private final TargetDevice metered = metrics.count("r", device);

  @BeforeEach
  void show() {
    metrics.show("r", () -> status);
  }

  private void begin(int opcode, ScsiCommand.Direction direction) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) opcode;
    ScsiTask task =
        metered.begin(
            new ScsiCommand(null, 0, 1, cdb, ScsiCommand.TaskAttribute.SIMPLE, 4096, direction),
            results::add);
    assertThat(task.dataOutBytes()).isEqualTo(direction == ScsiCommand.Direction.WRITE ? 4096 : 0);
  }

  private void end(int status, int dataInBytes) {
    device
        .begun
        .removeFirst()
        .ended(new ScsiResult(status, new byte[0], Unpooled.buffer().writeZero(dataInBytes)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../grafana/dashboards/tharsis-node.json", "../grafana/prometheus/alerts.yml"})
  void dashboardsAndAlertsAskForWhatANodeShows(String file) throws IOException {
    begin(0x28, ScsiCommand.Direction.READ);
    end(0, 0);
    metrics.edge().rejected(RejectReason.PROTOCOL_ERROR);
    metrics.links(() -> new LinkCounts(Map.of()));
    metrics.cluster(() -> Optional.of(CLUSTER));
    String shown = metrics.scrape();
    Set<String> asked =
        Pattern.compile("tharsis_[a-z_]+")
            .matcher(Files.readString(Path.of(file)))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).isNotEmpty().allSatisfy(name -> assertThat(shown).contains(name));
  }

  @Test
  void replicasAreShownForAsLongAsTheyAreKnown() {
    metrics.cluster(() -> Optional.of(CLUSTER));
    assertThat(value("tharsis_replica_lag_bytes{host=\"b\",resource=\"web\"}")).isEqualTo(4096);
    assertThat(value("tharsis_replica_lag_time_seconds{host=\"b\",resource=\"web\"}"))
        .isEqualTo(1.5);
    assertThat(value("tharsis_replica_sync_rest_bytes{host=\"b\",resource=\"web\"}"))
        .isEqualTo(65_536);
    assertThat(value("tharsis_peer_linked{node=\"b\"}")).isEqualTo(1);
    assertThat(value("tharsis_cluster_alarms")).isEqualTo(2);
    metrics.cluster(
        () -> Optional.of(new ClusterView("a", Optional.empty(), List.of(), List.of(), List.of())));
    assertThat(metrics.scrape()).doesNotContain("host=\"b\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0x28, READ, 512, tharsis_reads_total, 1",
    "0x88, READ, 512, tharsis_read_bytes_total, 512",
    "0x8A, WRITE, 0, tharsis_writes_total, 1",
    "0x2A, WRITE, 0, tharsis_written_bytes_total, 4096",
  })
  void commandThatSucceeded(
      String opcode, ScsiCommand.Direction direction, int dataIn, String name, int value) {
    begin(Integer.decode(opcode), direction);
    end(0, dataIn);

    assertThat(results).hasSize(1);
    assertThat(value(name + "{resource=\"r\"}")).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "0x08, read",
    "0x28, read",
    "0xA8, read",
    "0x88, read",
    "0x0A, write",
    "0x2A, write",
    "0xAA, write",
    "0x8A, write",
    "0x42, unmap",
    "0x35, flush",
    "0x91, flush",
    "0x12, other",
    "0xFF, other",
  })
  void latencyIsToldByOperation(String opcode, String operation) {
    begin(Integer.decode(opcode), ScsiCommand.Direction.NONE);
    end(0, 0);

    String labels = "{operation=\"" + operation + "\",resource=\"r\"}";
    assertThat(value("tharsis_command_latency_seconds_count" + labels)).isEqualTo(1);
    assertThat(metrics.scrape()).contains("tharsis_command_latency_seconds_bucket");
  }

  @Test
  void commandThatFailedIsNotARead() {
    begin(0x28, ScsiCommand.Direction.READ);
    end(CHECK_CONDITION, 0);
    begin(0x28, ScsiCommand.Direction.READ);
    device.begun.removeFirst().aborted();

    assertThat(value("tharsis_reads_total{resource=\"r\"}")).isZero();
    assertThat(value("tharsis_command_failures_total{resource=\"r\"}")).isEqualTo(1);
    assertThat(value("tharsis_command_aborts_total{resource=\"r\"}")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tharsis_log_appended_bytes_total{resource=\"r\"} | 201",
        "tharsis_applied_bytes_total{resource=\"r\"} | 203",
        "tharsis_unapplied_bytes{resource=\"r\"} | 101",
        "tharsis_log_space_bytes{resource=\"r\"} | 102",
        "tharsis_log_space_limit_bytes{resource=\"r\"} | 103",
        "tharsis_overlay_bytes{resource=\"r\"} | 104",
        "tharsis_held_changes{resource=\"r\"} | 105",
        "tharsis_held_answers{resource=\"r\"} | 106",
        "tharsis_promise_degraded{resource=\"r\"} | 1",
        "tharsis_lsn{resource=\"r\",watermark=\"retained\"} | 50",
        "tharsis_lsn{resource=\"r\",watermark=\"checkpoint\"} | 100",
        "tharsis_lsn{resource=\"r\",watermark=\"horizon\"} | 150",
        "tharsis_lsn{resource=\"r\",watermark=\"durable\"} | 200",
        "tharsis_lsn{resource=\"r\",watermark=\"appended\"} | 300",
        "tharsis_resource_state{resource=\"r\",state=\"serving\"} | 1",
        "tharsis_applier_state{resource=\"r\",state=\"paused_no_space\"} | 1",
      })
  void numbersOfTheResource(String sample, double value) {
    assertThat(value(sample)).isEqualTo(value);
  }

  @Test
  void resourceThatFailsToAnswerIsSilentAndKeepsItsTotals() {
    assertThat(metrics.scrape()).contains("state=\"serving\"");
    status = CompletableFuture.failedFuture(new IllegalStateException("closed"));

    String scraped = metrics.scrape();

    assertThat(scraped).contains("state=\"silent\"").doesNotContain("state=\"serving\"");
    assertThat(scraped).contains("tharsis_log_appended_bytes_total{resource=\"r\"} 201");
  }

  @Test
  void nothingIsShownOfAResourceThatIsGoneAndItMayComeBack() {
    assertThat(metrics.scrape()).contains("resource=\"r\"");

    metrics.discount("r");
    metrics.discount("r");
    metrics.conceal("r");
    metrics.conceal("r");

    assertThat(metrics.scrape()).doesNotContain("resource=\"r\"").contains("tharsis_iscsi");
    TargetDevice _ = metrics.count("r", device);
    show();
    assertThat(value("tharsis_lsn{resource=\"r\",watermark=\"durable\"}")).isEqualTo(200);
    assertThat(value("tharsis_reads_total{resource=\"r\"}")).isZero();
  }

  @Test
  void commandsAreCountedWhereTheLogIsNot() {
    begin(0x88, ScsiCommand.Direction.READ);
    end(0, 4096);

    metrics.conceal("r");

    assertThat(value("tharsis_reads_total{resource=\"r\"}")).isOne();
    assertThat(metrics.scrape()).doesNotContain("tharsis_lsn", "tharsis_resource_state");
    show();
    show();
    assertThat(value("tharsis_reads_total{resource=\"r\"}")).isOne();
    assertThat(value("tharsis_lsn{resource=\"r\",watermark=\"durable\"}")).isEqualTo(200);
  }

  @Test
  void lateAnswerOfAConcealedLogShowsNothing() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ResourceMeters meters = new ResourceMeters(registry, "late");
    meters.update(STATUS);
    meters.remove();
    meters.update(STATUS);
    meters.silent();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void linksAreCounted() {
    metrics.links(() -> new LinkCounts(Map.of(LinkEvent.UNTRUSTED, 3L)));

    assertThat(value("tharsis_link_events_total{event=\"untrusted\"}")).isEqualTo(3);
    assertThat(value("tharsis_link_events_total{event=\"accepted\"}")).isZero();
  }

  @Test
  void everyMeterIsDescribed() {
    metrics.links(() -> new LinkCounts(Map.of()));
    metrics.edge().loginFailed(0x0203);
    metrics.edge().rejected(RejectReason.TASK_IN_PROGRESS);
    metrics.describe(
        "nio",
        new AppendProbe.Finding(
            AppendMethod.RING,
            "",
            List.of(new AppendProbe.Measurement(AppendMethod.RING, 1000, 2000))));
    metrics.scrape();

    assertThat(metrics.meters())
        .hasSizeGreaterThan(25)
        .allSatisfy(meter -> {
          Meter.Id id = meter.getId();
          assertThat(id.getName()).startsWith("tharsis.");
          assertThat(id.getDescription()).as(id.getName()).isNotBlank();
        });
  }

  @Test
  void edgeIsCounted() {
    EdgeMeters edge = metrics.edge();
    edge.connectionOpened();
    edge.connectionOpened();
    edge.connectionClosed();
    edge.loginSucceeded();
    edge.loginFailed(0x0203);
    edge.rejected(RejectReason.PROTOCOL_ERROR);
    edge.bytesIn(48);
    edge.pduIn(1);
    edge.pduOut(96);

    assertThat(value("tharsis_iscsi_connections")).isEqualTo(1);
    assertThat(value("tharsis_iscsi_connections_accepted_total")).isEqualTo(2);
    assertThat(value("tharsis_iscsi_logins_total")).isEqualTo(1);
    assertThat(value("tharsis_iscsi_logins_failed_total{status=\"0203\"}")).isEqualTo(1);
    assertThat(value("tharsis_iscsi_rejects_total{reason=\"protocol_error\"}")).isEqualTo(1);
    assertThat(value("tharsis_iscsi_received_bytes_total")).isEqualTo(48);
    assertThat(value("tharsis_iscsi_sent_bytes_total")).isEqualTo(96);
    assertThat(value("tharsis_iscsi_pdus_received_total")).isEqualTo(1);
    assertThat(value("tharsis_iscsi_pdus_sent_total")).isEqualTo(1);
  }

  @Test
  void movedIsReadsAndWrites() {
    begin(0x28, ScsiCommand.Direction.READ);
    end(0, 1000);
    begin(0x2A, ScsiCommand.Direction.WRITE);
    end(0, 0);
    begin(0x12, ScsiCommand.Direction.READ);
    end(0, 36);

    assertThat(metrics.moved()).isEqualTo(new NodeMetrics.Moved(2, 5096));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /metrics, 200",
    "HEAD, /metrics, 200",
    "POST, /metrics, 405",
    "GET, /, 404",
    "GET, /metrics/x, 404",
  })
  void overHttp(String method, String path, int status) throws Exception {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (MetricsServer server = MetricsServer.start(loopback, metrics);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:%d%s".formatted(server.address().getPort(), path)))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body().contains("# HELP tharsis_reads_total"))
          .isEqualTo(method.equals("GET") && status == 200);
    }
  }

  private double value(String sample) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + sample + " in\n" + metrics.scrape()));
  }
}
