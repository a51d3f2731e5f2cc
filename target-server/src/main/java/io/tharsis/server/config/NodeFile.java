package io.tharsis.server.config;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads the file {@code node.toml} of a data directory: understands all of it, or says everything
 * that is wrong with it, each with its line. A directory without the file has every default.
 */
public final class NodeFile {

  /** Its name in a data directory. */
  public static final String NAME = "node.toml";

  private static final String VALUE = "config-value";
  private static final String DOCUMENT = "docs/reference/node-toml.md";

  /** What became of the file. */
  public sealed interface Reading {
    /**
     * It makes sense.
     *
     * @param settings what it says
     * @param lines every key with its value, in words
     */
    record Understood(NodeSettings settings, List<Line> lines) implements Reading {
      /** Lists that nobody changes. */
      public Understood {
        lines = List.copyOf(lines);
      }
    }

    /** It does not; every reason, in the order of the lines. */
    record Refused(List<Refusal> problems) implements Reading {
      /** Lists that nobody changes. */
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * One setting.
   *
   * @param key its name
   * @param value as it stands in the file, or would
   * @param source {@code default}, or the line
   */
  public record Line(String key, String value, String source) {}

  /** A problem and where it is, for the order. */
  private record Found(int line, Refusal problem) {}

  private final Path file;
  private final TomlParseResult toml;
  private final List<Found> found = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();

  private NodeFile(Path file, TomlParseResult toml) {
    this.file = file;
    this.toml = toml;
  }

  /** Reads the file of a data directory. Blocks. */
  public static Reading read(Path data) {
    Path file = data.resolve(NAME);
    try {
      return new NodeFile(file, Toml.parse(Files.readString(file))).read();
    } catch (NoSuchFileException none) {
      return new NodeFile(file, Toml.parse("")).read();
    } catch (IOException unreadable) {
      return new Reading.Refused(
          List.of(
              Refusal.host(
                  "config-unreadable",
                  file + " cannot be read as text in UTF-8",
                  "the same command as the user the node runs as")));
    }
  }

  private Reading read() {
    for (TomlParseError error : toml.errors()) {
      String reason = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
      wrong(error.position(), "config-syntax", "is no TOML: " + reason, "https://toml.io");
    }
    if (!found.isEmpty()) {
      return refused();
    }
    toml.keyPathSet(true).stream().filter(path -> !isKnown(path)).forEach(this::unknown);
    NodeSettings settings = settings();
    if (found.stream().noneMatch(one -> one.problem.code().equals(VALUE))) {
      check(settings);
    }
    return found.isEmpty() ? new Reading.Understood(settings, lines) : refused();
  }

  private Reading refused() {
    return new Reading.Refused(
        found.stream()
            .sorted((one, other) -> Integer.compare(one.line, other.line))
            .map(Found::problem)
            .toList());
  }

  private static boolean isKnown(List<String> path) {
    return Keys.ALL.stream().anyMatch(key -> key.path().equals(path));
  }

  private void unknown(List<String> path) {
    List<String> table = path.subList(0, 1);
    boolean isTableOfOurs =
        toml.isTable(table)
            && Keys.ALL.stream().anyMatch(key -> key.table().equals(path.getFirst()));
    if (isTableOfOurs == (path.size() == 1)) {
      // a table with keys, or a key whose table is unknown as a whole
      return;
    }
    wrong(
        toml.inputPositionOf(path),
        "config-unknown-key",
        "has the unknown key " + String.join(".", path),
        near(path.getFirst()));
  }

  private static String near(String table) {
    List<String> keys =
        Keys.ALL.stream().filter(key -> key.table().equals(table)).map(Key::name).toList();
    return keys.isEmpty()
        ? "the tables "
            + Keys.ALL.stream()
                .map(key -> "[" + key.table() + "]")
                .distinct()
                .collect(Collectors.joining(", "))
        : "one of " + String.join(", ", keys);
  }

  private NodeSettings settings() {
    return new NodeSettings(
        value(Keys.NAME),
        new NodeSettings.Listen(
            value(Keys.ISCSI), value(Keys.PEERS), value(Keys.ADMIN), value(Keys.METRICS)),
        new NodeSettings.Iscsi(value(Keys.EXPLICIT_ALUA)),
        new NodeSettings.Peers(
            value(Keys.ADDRESSES),
            value(Keys.COMPRESSION),
            value(Keys.CONNECTIONS),
            value(Keys.BANDWIDTH),
            new NodeSettings.Dscp(
                value(Keys.DSCP_CONTROL), value(Keys.DSCP_LOG), value(Keys.DSCP_SYNC)),
            value(Keys.SILENCE)),
        new NodeSettings.Log(
            value(Keys.LOG_SPACE),
            value(Keys.NODE_SPACE).orElse(Long.MAX_VALUE),
            value(Keys.FILE_SIZE),
            value(Keys.BACKLOG),
            value(Keys.OVERLAY)),
        new NodeSettings.InputOutput(value(Keys.TRANSPORT), value(Keys.APPEND)));
  }

  /** What the file says, or the default, which also stands in for what makes no sense. */
  private <T> T value(Key<T> key) {
    if (!toml.keyPathSet().contains(key.path())) {
      lines.add(new Line(key.name(), key.shownDefault(), "default"));
      return byDefault(key);
    }
    Object raw = plain(toml.get(key.path()));
    TomlPosition position = toml.inputPositionOf(key.path());
    Optional<T> read = key.read(raw);
    if (read.isEmpty()) {
      wrong(
          position,
          VALUE,
          "has " + key.name() + " = " + shown(raw),
          key.form().words() + "; " + key.shownDefault() + " if it is not said");
    }
    lines.add(new Line(key.name(), shown(raw), "line " + position.line()));
    return read.orElseGet(() -> byDefault(key));
  }

  private static <T> T byDefault(Key<T> key) {
    return key.read(key.byDefault()).orElseThrow();
  }

  private static Object plain(Object raw) {
    return raw instanceof TomlArray array ? array.toList() : raw;
  }

  private static String shown(Object raw) {
    return switch (raw) {
      case String text -> Form.quoted(text);
      case List<?> list ->
          list.stream().map(NodeFile::shown).collect(Collectors.joining(", ", "[", "]"));
      case TomlTable table -> "a table";
      case Object other -> other.toString();
    };
  }

  /** What makes no sense together, though each alone would. */
  private void check(NodeSettings settings) {
    NodeSettings.Log log = settings.log();
    long workingSet = LogLimits.defaults().workingSet() * log.fileBytes();
    together(
        Keys.LOG_SPACE,
        log.spaceBytes() < workingSet,
        "log.space has no room for four logfiles of log.file-size",
        "log.space = " + Form.quoted(size(workingSet)) + " or more");
    together(
        Keys.BACKLOG,
        log.backlogBytes() > log.spaceBytes(),
        "log.backlog is larger than log.space",
        "log.backlog = " + Form.quoted(size(log.spaceBytes() / 2)));
    together(
        Keys.NODE_SPACE,
        log.nodeSpaceBytes() < log.spaceBytes(),
        "log.node-space is smaller than log.space",
        "log.node-space = " + Form.quoted(size(log.spaceBytes())) + " or more");
    HostPort admin = settings.listen().admin();
    together(
        Keys.ADMIN,
        admin.port() != 0
            && (admin.port() == settings.listen().iscsi().port()
                || admin.port() == settings.listen().peers().port()),
        "listen.admin has the port of another listener",
        "listen.admin = \"127.0.0.1:0\"");
    together(
        Keys.PEERS,
        settings.listen().peers().port() != 0
            && settings.listen().peers().port() == settings.listen().iscsi().port()
            && settings.listen().peers().host().equals(settings.listen().iscsi().host()),
        "listen.peers and listen.iscsi are the same address",
        "listen.peers = \"0.0.0.0:7777\"");
    together(
        Keys.APPEND,
        settings.io().append().equals(Optional.of(AppendMethod.RING))
            && settings.io().transport().isPresent()
            && !settings.io().transport().equals(Optional.of(Transport.IO_URING)),
        "io.append is \"ring\", which io.transport does not have",
        "io.append = \"auto\", or io.transport = \"io_uring\"");
  }

  /** In the largest unit that leaves a whole number: as it can stand in the file. */
  private static String size(long bytes) {
    for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
      long one = DataSize.parse("1" + unit).orElseThrow();
      if (bytes % one == 0) {
        return bytes / one + unit;
      }
    }
    return String.valueOf(bytes);
  }

  private void together(Key<?> key, boolean bad, String fact, String advice) {
    if (bad) {
      Optional<TomlPosition> said = Optional.ofNullable(toml.inputPositionOf(key.path()));
      found.add(
          new Found(
              said.map(TomlPosition::line).orElse(Integer.MAX_VALUE),
              Refusal.usage("config-together", file + ": " + fact, advice)));
    }
  }

  private void wrong(TomlPosition position, String code, String fact, String advice) {
    found.add(
        new Found(
            position.line(),
            Refusal.usage(
                code,
                file + " line " + position.line() + " " + fact,
                advice + " (" + DOCUMENT + ")")));
  }
}
