package io.tharsis.server.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.HostPort;
import io.tharsis.server.ring.AppendMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one node is to do.
 *
 * @param data the data directory
 * @param resources what is served, at least one, names and disks all different
 * @param listen where initiators connect
 * @param metrics where metrics are served; empty means nowhere
 * @param methods how it works
 * @param limits of each resource's log
 * @param acceptLoss names of resources that are served although the end of their log is damaged
 */
public record NodeConfig(
    Path data,
    List<ResourceSpec> resources,
    HostPort listen,
    Optional<HostPort> metrics,
    Methods methods,
    LogLimits limits,
    List<String> acceptLoss) {

  /**
   * How a node works, where that is not what it does but what it does it with.
   *
   * @param transport how event loops wait; empty means the best this host has
   * @param idlePoll how long a loop may look again before it sleeps; zero means not at all
   * @param append how the log becomes durable; empty means what a probe finds best
   */
  public record Methods(
      Optional<Transport> transport, Duration idlePoll, Optional<AppendMethod> append) {

    /** How long a loop may look again before it sleeps, unless told otherwise. */
    public static final Duration IDLE_POLL = Duration.ofNanos(50_000);

    /** What the node chooses by itself. */
    public static final Methods CHOSEN = new Methods(Optional.empty(), IDLE_POLL, Optional.empty());
  }

  public NodeConfig {
    resources = List.copyOf(resources);
    acceptLoss = List.copyOf(acceptLoss);
  }

  /** What a node is to do that loses nothing. */
  public NodeConfig(
      Path data,
      List<ResourceSpec> resources,
      HostPort listen,
      Optional<HostPort> metrics,
      Methods methods,
      LogLimits limits) {
    this(data, resources, listen, metrics, methods, limits, List.of());
  }
}
