package io.tharsis.it.bench;

import io.tharsis.it.bench.LinkCell.Link;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code it/bench --replication}. Ends with 0 when all that is demanded is met, 1 when
 * something is short, 2 on wrong use.
 */
@Command(
    name = "it/bench --replication",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures what replication costs, with nodes on loopback; medians go to stdout and a JSON file.")
public final class ReplicationBench implements Callable<Integer> {

  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration QUICK_WARM_UP = Duration.ofMillis(300);

  /** Bytes of log that a write of 4 KiB takes, about. */
  private static final int RECORD_BYTES = 4352;

  private static final long WARMING_WRITES = 200_000;
  private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(2);

  private static final int THROTTLE = 100;

  private static final List<String> WHILE_WRITTEN =
      List.of("fetch", "lag", "link", "cpu", "handover", "modes");

  @Spec private CommandSpec spec;

  private final PrintStream out = System.out;
  private final Series series = new Series(System.out);

  @Option(names = "--home", hidden = true, description = "The checkout; it/bench says where it is.")
  private Path home = Path.of("");

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Seconds per measurement; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--size-mib",
      defaultValue = "2048",
      description = "Size of disks; default ${DEFAULT-VALUE}.")
  private long sizeMib;

  @Option(
      names = "--backlog-mib",
      defaultValue = "2048",
      description =
          "What is written before it is fetched, or before the role moves; default ${DEFAULT-VALUE}.")
  private long backlogMib;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "CELL",
      defaultValue = "fetch,lag,link,forward,handover,modes,equal,outage",
      description =
          "Some of ${DEFAULT-VALUE}; or cpu: of link, only what the primary's CPU takes to write.")
  private List<String> only;

  @Option(
      names = "--handovers",
      defaultValue = "5",
      description = "The role moves there and back so often a round; default ${DEFAULT-VALUE}.")
  private int handovers;

  @Option(
      names = "--append",
      defaultValue = "ring",
      description =
          "How all nodes make their logs durable: ring or thread; default ${DEFAULT-VALUE}.")
  private String append;

  @Option(names = "--quick", description = "Once, shortly: does it run, not how fast.")
  private boolean quick;

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ReplicationBench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (quick) {
      rounds = 1;
      seconds = 1;
      sizeMib = 1024;
      backlogMib = 128;
      handovers = 1;
    }
    if (rounds < 1 || seconds <= 0 || sizeMib < 1024 || backlogMib < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "rounds, seconds and backlog must be above zero, size 1024 or more");
    }
    Path work = Files.createDirectories(home.resolve("it/work").toAbsolutePath());
    try (Scratch scratch = new Scratch(work)) {
      whileWritten(scratch.directory());
      forwarded(scratch.directory());
      synced(scratch.directory());
    }
    List<Figure> figures = Figure.of(series);
    report(work, figures);
    return figures.stream().allMatch(Figure::isMet) ? 0 : 1;
  }

  private boolean isChosen(String cell) {
    return only.contains(cell);
  }

  private boolean looksAtCpu() {
    return isChosen("link") || isChosen("cpu");
  }

  private BenchNode.Settings settings() {
    return BenchNode.Settings.ROOMY.appending(append);
  }

  private Path launcher() {
    return home.resolve("tharsis").toAbsolutePath();
  }

  private Duration duration() {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private BenchPair.Site site(Path directory, BenchNode.Settings settings) {
    return new BenchPair.Site(
        launcher(), directory, sizeMib << 20, settings, BenchNode.Found.DIRECTLY);
  }

  // ---- cells with a load ----

  private void whileWritten(Path directory) throws IOException {
    if (WHILE_WRITTEN.stream().noneMatch(this::isChosen)) {
      return;
    }
    Map<Link, BenchPair> pairs = new EnumMap<>(Link.class);
    try {
      BenchPair up = BenchPair.together(site(directory.resolve("up"), settings()));
      pairs.put(Link.UP, up);
      double writes = warmUp(up.target());
      if (looksAtCpu()) {
        startAlone(pairs, directory);
      }
      if (isChosen("link")) {
        startOthers(pairs, directory, writes);
      }
      TlsLoopback tls = TlsLoopback.in(directory);
      double _ = tls.megabytesPerSecond(WARM_UP);
      for (int round = 1; round <= rounds; round++) {
        round(pairs, tls, round);
      }
    } finally {
      pairs.values().forEach(BenchPair::close);
    }
  }

  private void round(Map<Link, BenchPair> pairs, TlsLoopback tls, int round) throws IOException {
    BenchPair up = pairs.get(Link.UP);
    if (isChosen("fetch")) {
      new FetchCell(up, tls, series, backlogMib << 20, duration().dividedBy(2)).round(round);
    }
    if (isChosen("lag")) {
      new LagCell(up, series, duration()).round(round);
    }
    if (looksAtCpu()) {
      List<Workload> workloads = isChosen("link") ? LinkCell.WORKLOADS : List.of(Workload.STEADY);
      new LinkCell(pairs, workloads, series, stopwatch()).round(round);
    }
    roles(up, round);
  }

  private void forwarded(Path directory) throws IOException {
    if (!isChosen("forward")) {
      return;
    }
    try (BenchPair pair = BenchPair.served(site(directory.resolve("served"), settings()))) {
      double _ = warmUp(pair.target());
      double _ = warmUp(pair.forwarding());
      for (int round = 1; round <= rounds; round++) {
        new ForwardCell(pair, series, stopwatch()).round(round);
      }
    }
  }

  private void roles(BenchPair up, int round) throws IOException {
    if (isChosen("handover")) {
      new HandoverCell(up, series, handovers, backlogMib << 20).round(round);
    }
    if (isChosen("modes")) {
      new ModeCell(up, series, stopwatch()).round(round);
    }
  }

  private Stopwatch stopwatch() {
    return new Stopwatch(quick ? QUICK_WARM_UP : WARM_UP, duration());
  }

  private void startAlone(Map<Link, BenchPair> pairs, Path directory) throws IOException {
    BenchPair none = BenchPair.alone(site(directory.resolve("none"), settings()));
    pairs.put(Link.NONE, none);
    double _ = warmUp(none.target());
  }

  /** Those whose link is throttled or cut need to know how much is written. */
  private void startOthers(Map<Link, BenchPair> pairs, Path directory, double writes)
      throws IOException {
    long bandwidth = Math.round(writes * RECORD_BYTES / THROTTLE);
    BenchPair throttled =
        BenchPair.alone(site(directory.resolve("throttled"), settings().throttledTo(bandwidth)));
    pairs.put(Link.THROTTLED, throttled);
    addEqual(throttled);
    BenchPair cut = BenchPair.alone(site(directory.resolve("cut"), settings()));
    pairs.put(Link.CUT, cut);
    addEqual(cut);
    cut.stopSecondary();
    for (Link link : List.of(Link.THROTTLED, Link.CUT)) {
      double _ = warmUp(pairs.get(link).target());
    }
  }

  private void addEqual(BenchPair pair) throws IOException {
    pair.addNode();
    DiskFile.write(pair.secondary().disk(), sizeMib << 20);
    pair.join();
    pair.awaitCaughtUp();
  }

  /**
   * Compilation must not fall into what is measured, and is over after a number of writes, not
   * after a time: who is slower would be charged for it. Durable writes per second.
   */
  private double warmUp(Peer.Running target) throws IOException {
    try (Load load = new Load(target.url(), Workload.STEADY, 0)) {
      Load.Run first =
          load.run(
              quick
                  ? Load.Limit.of(duration())
                  : Load.Limit.of(LONGEST_WARM_UP).times(WARMING_WRITES));
      Load.Run second = quick ? first : load.run(duration());
      return second.commands() * 1e9 / second.nanos();
    }
  }

  // ---- cells without ----

  private void synced(Path directory) throws IOException {
    SyncCell cell = new SyncCell(launcher(), sizeMib << 20, series);
    if (isChosen("equal")) {
      cell.equalDisks(directory.resolve("equal"), rounds);
    }
    if (isChosen("outage")) {
      cell.afterOutage(directory.resolve("outage"), rounds);
    }
  }

  private void report(Path work, List<Figure> figures) throws IOException {
    Instant date = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Machine machine = Machine.here(home.toAbsolutePath(), work);
    Path file = work.resolve("bench-replication-" + date.toString().replace(":", "") + ".json");
    ReplicationReport report = new ReplicationReport(series, figures);
    report.write(file, date, machine);
    out.println();
    out.print(report.table());
    out.println(machine.words());
    out.println(file);
  }
}
