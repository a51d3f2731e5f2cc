package io.tharsis.replication.remote;

import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceListener;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkIdentity;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.simnet.SimNet;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A simulated host that serves one resource to initiators, and may be its primary. */
final class RemoteNode {

  static final UUID RESOURCE = new UUID(0x4E, 7);
  static final int CELL = 4096;
  static final int CELLS = 256;
  static final long VOLUME_BYTES = (long) CELL * CELLS;
  private static final int PORT = 7777;

  private final SimNet net;
  private final SimHost host;
  private final RemotePlanting planting;
  private Optional<Front> front = Optional.empty();
  private Optional<LoggedResource> resource = Optional.empty();
  private Optional<VolumeService> service = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private boolean alive;

  RemoteNode(Simulation simulation, SimNet net, String name, RemotePlanting planting) {
    this.net = net;
    this.host = simulation.host(name);
    this.planting = planting;
  }

  SimHost host() {
    return host;
  }

  String name() {
    return host.name();
  }

  UUID id() {
    return new UUID(0x4E, host.name().hashCode());
  }

  FetchSource source() {
    return new FetchSource(id(), SimNet.address(name(), PORT));
  }

  boolean isAlive() {
    return alive;
  }

  Front front() {
    return front.orElseThrow();
  }

  Optional<LoggedResource> resource() {
    return resource;
  }

  Optional<VolumeService> service() {
    return service;
  }

  Optional<String> failure() {
    return failure;
  }

  private LinkHome home() {
    return new LinkHome(host.owner(), host.clock());
  }

  /** A process begins. */
  void boot() {
    alive = true;
    LinkHome home = home();
    UUID incarnation = new UUID(id().getLeastSignificantBits(), host.incarnation());
    NodeLinks links =
        new NodeLinks(
            LinkIdentity.of(new Hello.Sender(LinkNode.CLUSTER, id(), name(), incarnation)),
            new NodeLinks.Environment(
                net.network(host, home, Optional.of(id())),
                home,
                LinkLimits.STANDARD,
                (_, _, words) -> failure = Optional.of(words)));
    host.owner()
        .execute(() ->
            links
                .listen(SimNet.address("", PORT), home, (purpose, _) -> accept(purpose))
                .observe(at -> {}, cause -> failure = Optional.of(cause.toString())));
    front =
        Optional.of(
            Front.of(
                RESOURCE,
                List.of(new Front.Shape(VOLUME_BYTES, WriteCache.DURABLE)),
                new FrontSeams(planting.links(links), home, host.entropy())));
  }

  private Acceptance accept(Hello.Purpose purpose) {
    Acceptance decision =
        service
            .map(it -> it.accept(purpose))
            .orElseGet(() -> new Acceptance.Refused(RefusalCode.NOT_SERVING, "no primary here"));
    return decision instanceof Acceptance.Accepted(LinkHome home, var handler)
        ? new Acceptance.Accepted(home, planting.served(handler))
        : decision;
  }

  /** Opens the resource as its primary. */
  void open(Optional<Succession> succession) {
    WriterIdentity writer = new WriterIdentity(id(), name(), new UUID(0x1CL, host.incarnation()));
    host.owner()
        .execute(() ->
            host.disk("disk", VOLUME_BYTES)
                .open(host.owner())
                .then(disk ->
                    LoggedResource.open(
                        config(disk, writer),
                        new Seams(
                            host.owner(),
                            host.clock(),
                            host.entropy(),
                            host.directory("r").open(host.owner())),
                        ResourceListener.NONE,
                        succession))
                .observe(this::opened, cause -> failure = Optional.of("opening: " + cause)));
  }

  private static ResourceConfig config(Disk disk, WriterIdentity writer) {
    return new ResourceConfig(
        "r",
        List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
        new LogConfig(TestLog.LIMITS, writer, false));
  }

  private void opened(LoggedResource made) {
    resource = Optional.of(made);
    service = Optional.of(VolumeService.over(made, home(), host.entropy()));
    front().serve(made);
  }

  /** Gives the role away; succeeds when the resource is closed. */
  Async<Void> cede(boolean tellsFront) {
    LoggedResource leaving = resource.orElseThrow();
    VolumeService serving = service.orElseThrow();
    return leaving
        .freeze()
        .then(frozen -> {
          if (tellsFront) {
            front().hold("the role moves");
          }
          Async<Void> ceded = leaving.cede();
          serving.moved();
          return ceded;
        })
        .then(done -> serving.close())
        .then(done -> {
          resource = Optional.empty();
          service = Optional.empty();
          return leaving.close();
        });
  }

  /** Closes the primary in order. */
  Async<Void> close() {
    LoggedResource leaving = resource.orElseThrow();
    front().hold("the primary is closed");
    return service
        .orElseThrow()
        .close()
        .then(done -> {
          resource = Optional.empty();
          service = Optional.empty();
          return leaving.close();
        });
  }

  void crash(boolean power) {
    alive = false;
    front = Optional.empty();
    resource = Optional.empty();
    service = Optional.empty();
    if (power) {
      host.powerFail();
    } else {
      host.kill();
      net.reap();
    }
  }
}
