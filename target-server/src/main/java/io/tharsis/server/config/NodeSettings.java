package io.tharsis.server.config;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.HostPort;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/**
 * How a node is to be, as its file says or as it is by default. A value; every number is in its
 * bounds, see {@link Keys}.
 *
 * @param name of the node; empty means the host's
 * @param listen where it listens
 * @param iscsi what initiators may do
 * @param peers how it speaks with other nodes
 * @param log what logs may take
 * @param io how it reaches sockets and disks
 */
public record NodeSettings(
    Optional<String> name, Listen listen, Iscsi iscsi, Peers peers, Log log, InputOutput io) {

  /**
   * Where a node listens.
   *
   * @param iscsi for initiators
   * @param peers for other nodes
   * @param admin for its command line; a loopback address
   * @param metrics for Prometheus; empty means nowhere
   */
  public record Listen(
      HostPort iscsi, HostPort peers, HostPort admin, Optional<HostPort> metrics) {}

  /**
   * What initiators may do.
   *
   * @param explicitAlua whether they may move the role of primary to this node
   */
  public record Iscsi(boolean explicitAlua) {}

  /**
   * How a node speaks with other nodes.
   *
   * @param addresses where they find it; empty means its host's name
   * @param compression of what it sends
   * @param connections over which the log of one resource is fetched from one node
   * @param bandwidth what it sends at the most, by the time of day, in order; empty means no limit
   * @param dscp marks of what it sends
   * @param silence after which another node counts as silent
   */
  public record Peers(
      List<HostPort> addresses,
      Compression compression,
      int connections,
      List<Window> bandwidth,
      Dscp dscp,
      Duration silence) {
    /** Lists that nobody changes. */
    public Peers {
      addresses = List.copyOf(addresses);
      bandwidth = List.copyOf(bandwidth);
    }
  }

  /** How what is sent is compressed. */
  public enum Compression {
    /** Not at all. */
    NONE,
    /** LZ4: fast. */
    LZ4,
    /** Zstandard: smaller. */
    ZSTD
  }

  /**
   * A part of the day, up to the next one; the last one lasts over midnight.
   *
   * @param from when it begins, by the host's time of day
   * @param bytesPerSecond the limit; {@link Long#MAX_VALUE} for none
   */
  public record Window(LocalTime from, long bytesPerSecond) {}

  /** Differentiated services code points by class of link, RFC 2474; 0 to 63. */
  public record Dscp(int control, int log, int sync) {}

  /**
   * What logs may take.
   *
   * @param spaceBytes space of one resource's log
   * @param nodeSpaceBytes space of all logs together; {@link Long#MAX_VALUE} for no limit
   * @param fileBytes size of a logfile
   * @param backlogBytes un-applied log at which writers are slowed
   * @param overlayBytes memory of one resource's overlay
   */
  public record Log(
      long spaceBytes, long nodeSpaceBytes, long fileBytes, long backlogBytes, long overlayBytes) {

    /** The limits of one resource's log; what the file does not tell is as usual. */
    public LogLimits limits() {
      LogLimits usual = LogLimits.defaults();
      return new LogLimits(
          fileBytes,
          usual.workingSet(),
          spaceBytes,
          usual.batchBytes(),
          backlogBytes,
          usual.applyWindowBytes(),
          overlayBytes,
          usual.applyDelay(),
          usual.flushDelay(),
          usual.flushBytes(),
          usual.summaryBytes());
    }
  }

  /**
   * How a node reaches sockets and disks.
   *
   * @param transport how event loops wait; empty means the best the host has
   * @param append how logs become durable; empty means what a probe finds best
   */
  public record InputOutput(Optional<Transport> transport, Optional<AppendMethod> append) {}
}
