package io.tharsis.server.config;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.RequestForm;
import io.tharsis.server.config.NodeSettings.Compression;
import io.tharsis.server.config.NodeSettings.Window;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every key of {@code node.toml}, in the order of {@code docs/reference/node-toml.md}. */
final class Keys {

  private static final String LISTEN_FORM = "\"HOST:PORT\"";
  private static final String UNLIMITED = "unlimited";
  private static final String AUTO = "auto";
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;
  private static final int MAX_DSCP = 63;
  private static final int MAX_CONNECTIONS = 16;
  private static final Pattern WINDOW = Pattern.compile("(?:(\\d\\d:\\d\\d) )?(\\S+)");

  static final Key<Optional<String>> NAME =
      new Key<>(
          "node.name",
          Form.text("a name of letters, digits, dots, dashes, underscores", Keys::isName)
              .or(Form.NONE),
          Form.NONE,
          "what the node is called in its cluster, for as long as it is in it; `none`: the host's"
              + " name up to its first dot, as it is when the node makes or joins the cluster");

  static final Key<HostPort> ISCSI =
      new Key<>(
          "listen.iscsi",
          Form.address(LISTEN_FORM, address -> true),
          "0.0.0.0:3260",
          "where initiators connect");

  static final Key<HostPort> PEERS =
      new Key<>(
          "listen.peers",
          Form.address(LISTEN_FORM, address -> true),
          "0.0.0.0:7777",
          "where the other nodes of the cluster connect");

  static final Key<HostPort> ADMIN =
      new Key<>(
          "listen.admin",
          Form.address("\"HOST:PORT\" at a loopback address", Keys::isLoopback),
          "127.0.0.1:0",
          "where the command line connects; port 0: a free one, which the data directory tells");

  static final Key<Optional<HostPort>> METRICS =
      new Key<>(
          "listen.metrics",
          Form.address(LISTEN_FORM, address -> true).or(Form.NONE),
          Form.NONE,
          "where Prometheus finds `/metrics`; it is neither encrypted nor protected");

  static final Key<Boolean> EXPLICIT_ALUA =
      new Key<>(
          "iscsi.explicit-alua",
          Form.truth(),
          false,
          "whether initiators may make this node the primary of what it has replicas of, with SET"
              + " TARGET PORT GROUPS; `true` only where all of them can reach the same nodes");

  static final Key<List<HostPort>> ADDRESSES =
      new Key<>(
          "peers.addresses",
          Form.address(LISTEN_FORM, address -> address.port() > 0).several(Form.NONE),
          Form.NONE,
          "where the other nodes find this one; `none`: at `listen.peers`, with the host's name"
              + " in place of an address that means all of them");

  static final Key<Compression> COMPRESSION =
      new Key<>(
          "peers.compression",
          Form.choice(Compression.class, one -> one.name().toLowerCase(Locale.ROOT)),
          "none",
          "of what is sent: `lz4` is fast, `zstd` is smaller and for thin links");

  static final Key<Integer> CONNECTIONS =
      new Key<>(
          "peers.connections",
          Form.number(1, MAX_CONNECTIONS),
          1L,
          "connections over which this node fetches the log of one resource from one node, and as many"
              + " for its sync; several help on long fat pipes");

  static final Key<List<Window>> BANDWIDTH =
      new Key<>(
          "peers.bandwidth",
          new Form<>("\"RATE\" or \"HH:MM RATE\", a size per second", Keys::window)
              .several(UNLIMITED)
              .that(
                  "\"RATE\" or \"HH:MM RATE\", RATE a size per second or \"unlimited\"; or an array"
                      + " of such, in the order of their times",
                  Keys::inOrder),
          UNLIMITED,
          "what is sent to other nodes at the most, all of it together; with times of day of the"
              + " host, each holds until the next and the last one over midnight");

  static final Key<Integer> DSCP_CONTROL =
      dscp("peers.dscp-control", "mark of packets that carry the cluster's own talk, RFC 2474");

  static final Key<Integer> DSCP_LOG = dscp("peers.dscp-log", "mark of packets that carry log");

  static final Key<Integer> DSCP_SYNC =
      dscp("peers.dscp-sync", "mark of packets that carry disk content");

  static final Key<Duration> SILENCE =
      new Key<>(
          "peers.silence",
          Form.time(Duration.ofSeconds(5), Duration.ofHours(1)),
          "30s",
          "after which a node that was not heard of is shown as silent");

  static final Key<Long> LOG_SPACE =
      new Key<>(
          "log.space",
          Form.size(32 * MIB, 64 * TIB),
          "8GiB",
          "space that the log of one resource may take, working set included; members that fall"
              + " farther behind are synced instead");

  static final Key<Optional<Long>> NODE_SPACE =
      new Key<>(
          "log.node-space",
          Form.size(32 * MIB, 1024 * TIB).or(UNLIMITED),
          UNLIMITED,
          "space that all logs of the node together may take");

  static final Key<Long> FILE_SIZE =
      new Key<>(
          "log.file-size",
          Form.size(8 * MIB, GIB)
              .that("a size from 8 MiB to 1 GiB, a multiple of 4 KiB", bytes -> bytes % 4096 == 0),
          "64MiB",
          "size of a logfile; four of them are the working set, made when a resource is");

  static final Key<Long> BACKLOG =
      new Key<>(
          "log.backlog",
          Form.size(16 * MIB, 64 * TIB),
          "4GiB",
          "log that the disk does not have yet, at which writers are slowed");

  static final Key<Long> OVERLAY =
      new Key<>(
          "log.overlay-memory",
          Form.size(MIB, TIB),
          "256MiB",
          "memory per resource that tells which newest blocks are in the log; at the limit writers"
              + " are slowed");

  static final Key<Optional<Transport>> TRANSPORT =
      new Key<>(
          "io.transport",
          Form.choice(Transport.class, Transport::word).or(AUTO),
          AUTO,
          "how event loops wait; `auto`: the best this host has");

  static final Key<Optional<AppendMethod>> APPEND =
      new Key<>(
          "io.append",
          Form.choice(AppendMethod.class, AppendMethod::word).or(AUTO),
          AUTO,
          "how logs become durable; `auto`: what a probe at the start finds best");

  static final List<Key<?>> ALL =
      List.of(
          NAME,
          ISCSI,
          PEERS,
          ADMIN,
          METRICS,
          EXPLICIT_ALUA,
          ADDRESSES,
          COMPRESSION,
          CONNECTIONS,
          BANDWIDTH,
          DSCP_CONTROL,
          DSCP_LOG,
          DSCP_SYNC,
          SILENCE,
          LOG_SPACE,
          NODE_SPACE,
          FILE_SIZE,
          BACKLOG,
          OVERLAY,
          TRANSPORT,
          APPEND);

  private Keys() {}

  private static Key<Integer> dscp(String name, String meaning) {
    return new Key<>(name, Form.number(0, MAX_DSCP), 0L, meaning);
  }

  private static boolean isName(String text) {
    return RequestForm.isNodeName(text) && !text.equals(Form.NONE);
  }

  /** Names are not looked up: what a name means may change. */
  private static boolean isLoopback(HostPort address) {
    return address.host().equals("localhost")
        || (address.host().matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
            && new InetSocketAddress(address.host(), address.port())
                .getAddress()
                .isLoopbackAddress());
  }

  private static Optional<Window> window(Object raw) {
    Matcher parts = WINDOW.matcher(raw instanceof String text ? text : "");
    if (!parts.matches()) {
      return Optional.empty();
    }
    OptionalLong rate =
        parts.group(2).equals(UNLIMITED)
            ? OptionalLong.of(Long.MAX_VALUE)
            : DataSize.parse(parts.group(2));
    if (rate.isEmpty() || rate.getAsLong() == 0) {
      return Optional.empty();
    }
    try {
      LocalTime from =
          Optional.ofNullable(parts.group(1)).map(LocalTime::parse).orElse(LocalTime.MIDNIGHT);
      return Optional.of(new Window(from, rate.getAsLong()));
    } catch (DateTimeException noTime) {
      return Optional.empty();
    }
  }

  private static boolean inOrder(List<Window> windows) {
    for (int i = 1; i < windows.size(); i++) {
      if (!windows.get(i - 1).from().isBefore(windows.get(i).from())) {
        return false;
      }
    }
    return true;
  }
}
