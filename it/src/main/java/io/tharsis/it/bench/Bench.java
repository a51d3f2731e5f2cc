package io.tharsis.it.bench;

import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code it/bench}. Ends with 0 when it has measured, 1 when the steady state is short,
 * 2 on wrong use.
 */
@Command(
    name = "it/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures Tharsis and Debian's tgtd in turns on this machine; medians go to stdout and a JSON file.")
public final class Bench implements Callable<Integer> {

  private static final Duration FIRST_WARM_UP = Duration.ofSeconds(5);
  private static final Duration QUICK_WARM_UP = Duration.ofMillis(500);
  private static final Duration PROBE = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  private final PrintStream out = System.out;
  private final Results results = new Results();

  @Option(names = "--home", hidden = true, description = "The checkout; it/bench says where it is.")
  private Path home = Path.of("");

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds; default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Seconds per measurement; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--size-mib",
      defaultValue = "2048",
      description = "Size of the LUN; default ${DEFAULT-VALUE}.")
  private long sizeMib;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "WORKLOAD",
      description = "Only workloads that begin so; --list shows them.")
  private List<String> only = List.of("");

  @Option(
      names = "--peers",
      split = ",",
      defaultValue = "tharsis,tgt",
      description =
          "Whom to measure; default ${DEFAULT-VALUE}. More of ours with options of serve: 'tharsis --transport=nio'.")
  private List<String> peers;

  @Option(
      names = "--steady",
      paramLabel = "SECONDS",
      arity = "0..1",
      fallbackValue = "60",
      description =
          "Instead of the rounds: durable writes for so long, and how the applying keeps up; 60 if not said.")
  private Optional<Long> steadySeconds = Optional.empty();

  @Option(
      names = "--quick",
      description = "One round of one second on 256 MiB: does it run, not how fast.")
  private boolean quick;

  @Option(names = "--list", description = "Names the workloads.")
  private boolean list;

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      Workload.ALL.forEach(workload -> out.println(workload.name()));
      return 0;
    }
    if (quick) {
      rounds = 1;
      seconds = 1;
      sizeMib = 256;
    }
    if (rounds < 1 || seconds <= 0 || sizeMib < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "rounds, seconds and size must be above zero");
    }
    Path work = Files.createDirectories(home.resolve("it/work").toAbsolutePath());
    try (Scratch scratch = new Scratch(work)) {
      if (steadySeconds.isPresent()) {
        steady(scratch.directory());
      } else {
        rounds(scratch.directory());
      }
      report(work);
    }
    return results.steady().map(SteadyState.Outcome::isEnough).orElse(true) ? 0 : 1;
  }

  private void report(Path work) throws IOException {
    Instant date = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Machine machine = Machine.here(home.toAbsolutePath(), work);
    Path file = work.resolve("bench-" + date.toString().replace(":", "") + ".json");
    JsonReport.write(file, date, machine, stopwatch(), results);
    out.println();
    out.print(Table.of(results));
    out.println(machine.words());
    out.println(file);
  }

  private void steady(Path directory) throws IOException {
    TharsisPeer peer =
        new TharsisPeer(Results.OURS, launcher(), directory, diskBytes(), FreePorts.onLoopback());
    try (Peer.Running target = peer.start(CacheMode.DURABLE)) {
      stopwatch().measure(target, peer.name(), Workload.STEADY, 0);
      results.add(
          new SteadyState(Duration.ofSeconds(steadySeconds.orElseThrow()))
              .run(target, peer.progress(), out));
    }
  }

  private void rounds(Path directory) throws IOException {
    DeviceProbe probe = new DeviceProbe(directory);
    for (CacheMode mode : CacheMode.values()) {
      List<Workload> chosen =
          Workload.ALL.stream().filter(one -> one.mode() == mode && isChosen(one)).toList();
      if (chosen.isEmpty()) {
        continue;
      }
      Map<String, Peer.Running> running = new TreeMap<>();
      try {
        for (Peer peer : peers(directory)) {
          running.put(peer.name(), peer.start(mode));
        }
        warmUp(running, chosen);
        for (int round = 1; round <= rounds; round++) {
          results.addDevice(probe.megabytesPerSecond(quick ? QUICK_WARM_UP : PROBE));
          for (Workload workload : chosen) {
            round(running, workload, round);
          }
        }
      } finally {
        running.values().forEach(Peer.Running::close);
      }
    }
  }

  /** The first compilation of either side must not fall into the first round. */
  private void warmUp(Map<String, Peer.Running> running, List<Workload> chosen) throws IOException {
    for (Workload workload : chosen) {
      for (Peer.Running target : running.values()) {
        try (Load load = new Load(target.url(), workload, 0)) {
          load.run(quick ? QUICK_WARM_UP : FIRST_WARM_UP);
        }
      }
    }
  }

  /**
   * Each round begins with the other peer, so that neither always has the disk that the other left
   * behind.
   */
  private void round(Map<String, Peer.Running> running, Workload workload, int round)
      throws IOException {
    List<String> order = new ArrayList<>(running.keySet());
    Collections.rotate(order, round);
    for (String name : order) {
      Measurement measurement = stopwatch().measure(running.get(name), name, workload, round);
      results.add(measurement);
      out.printf(
          Locale.ROOT,
          "round %d  %-26s %-8s %8.0f IOPS %8.1f MB/s  p99 %8.0f us%n",
          round,
          workload.name(),
          name,
          measurement.iops(),
          measurement.megabytesPerSecond(),
          measurement.p99Micros());
    }
  }

  private boolean isChosen(Workload workload) {
    return only.stream().anyMatch(workload.name()::startsWith);
  }

  private List<Peer> peers(Path directory) {
    List<Peer> chosen = new ArrayList<>();
    for (String name : peers) {
      chosen.add(
          switch (name.split(" ", -1)[0]) {
            case Results.REFERENCE -> new TgtPeer(directory, diskBytes());
            case Results.OURS -> new TharsisPeer(name, launcher(), directory, diskBytes(), 0);
            default ->
                throw new CommandLine.ParameterException(
                    spec.commandLine(), "unknown peer " + name);
          });
    }
    return chosen;
  }

  private Stopwatch stopwatch() {
    Duration warmUp = quick ? QUICK_WARM_UP : Duration.ofSeconds(1);
    return new Stopwatch(warmUp, Duration.ofMillis(Math.round(seconds * 1000)));
  }

  private Path launcher() {
    return home.resolve("tharsis").toAbsolutePath();
  }

  private long diskBytes() {
    return sizeMib << 20;
  }
}
