package io.tharsis.server.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.server.ring.AppendMethod;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words of the command line that describe a node, not understood yet.
 *
 * @param data {@code --data}
 * @param resources every {@code --resource}
 * @param listen {@code --listen}
 * @param metrics {@code --metrics}
 * @param methods {@code --transport}, {@code --idle-poll} and {@code --append}
 * @param acceptLoss every {@code --accept-loss}
 * @param unknown words that belong to no option
 */
public record NodeArguments(
    Optional<String> data,
    List<String> resources,
    Optional<String> listen,
    Optional<String> metrics,
    Methods methods,
    List<String> acceptLoss,
    List<String> unknown) {

  private static final String EXAMPLE =
      "tharsis serve --data DIR --resource " + ResourceArgument.FORM + " --listen 127.0.0.1:3260";

  /**
   * How things are done, where the operator does not leave that to the node.
   *
   * @param transport {@code --transport}
   * @param idlePoll {@code --idle-poll}
   * @param append {@code --append}
   */
  public record Methods(
      Optional<String> transport, Optional<String> idlePoll, Optional<String> append) {

    /** Everything is left to the node. */
    public static final Methods UNSAID =
        new Methods(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The words of an operator who accepts no loss. */
  public NodeArguments(
      Optional<String> data,
      List<String> resources,
      Optional<String> listen,
      Optional<String> metrics,
      Methods methods,
      List<String> unknown) {
    this(data, resources, listen, metrics, methods, List.of(), unknown);
  }

  /** What became of the words. */
  public sealed interface Reading {
    /** They make sense. */
    record Understood(NodeConfig config) implements Reading {}

    /** They do not; every reason, in the order of the options. */
    record Refused(List<Refusal> problems) implements Reading {}
  }

  /** Understands all of it, or says everything that is wrong with it. */
  public Reading read() {
    return new Reader(this).read();
  }

  private static final class Reader {
    private final NodeArguments words;
    private final List<Refusal> problems = new ArrayList<>();

    Reader(NodeArguments words) {
      this.words = words;
    }

    Reading read() {
      words.unknown.forEach(
          word -> wrong("unknown-option", "'" + word + "' is not an option of serve", EXAMPLE));
      Optional<Path> data = readData();
      List<ResourceSpec> resources = readResources();
      Optional<HostPort> listen = readListen();
      Optional<HostPort> metrics =
          words.metrics.flatMap(word -> readHostPort("--metrics", word, "127.0.0.1:9260"));
      Optional<Transport> transport = readTransport();
      Optional<AppendMethod> append =
          words.methods.append.flatMap(
              word -> readWord("--append", word, AppendMethod.values(), AppendMethod::word));
      Duration idlePoll = readIdlePoll();
      checkTogether(transport, append);
      checkAccepted(resources);
      if (!problems.isEmpty()) {
        return new Reading.Refused(List.copyOf(problems));
      }
      return new Reading.Understood(
          new NodeConfig(
              data.orElseThrow(),
              resources,
              listen.orElseThrow(),
              metrics,
              new NodeConfig.Methods(transport, idlePoll, append),
              LogLimits.defaults(),
              words.acceptLoss));
    }

    private void checkAccepted(List<ResourceSpec> resources) {
      for (String name : words.acceptLoss) {
        if (resources.stream().noneMatch(resource -> resource.name().equals(name))) {
          wrong(
              "accept-loss-unknown",
              "--accept-loss " + name + " names no resource that is served",
              "--accept-loss with the NAME of a --resource");
        }
      }
    }

    private Optional<Path> readData() {
      if (words.data.isEmpty()) {
        wrong("data-missing", "--data says where logs are kept and is missing", EXAMPLE);
        return Optional.empty();
      }
      try {
        return words.data.map(word -> Path.of(word).toAbsolutePath().normalize());
      } catch (InvalidPathException invalid) {
        wrong("data-path", "--data " + words.data.get() + " is no path", EXAMPLE);
        return Optional.empty();
      }
    }

    private List<ResourceSpec> readResources() {
      if (words.resources.isEmpty()) {
        wrong("resource-missing", "there is nothing to serve", EXAMPLE);
      }
      List<ResourceSpec> specs =
          words.resources.stream()
              .flatMap(word -> ResourceArgument.parse(word, problems::add).stream())
              .toList();
      refuseTwice(specs, ResourceSpec::name, "name");
      refuseTwice(specs, ResourceSpec::disk, "disk");
      return specs;
    }

    private <T> void refuseTwice(
        List<ResourceSpec> specs, Function<ResourceSpec, T> part, String what) {
      Set<T> seen = new HashSet<>();
      for (ResourceSpec spec : specs) {
        if (!seen.add(part.apply(spec))) {
          wrong(
              "resource-" + what + "-twice",
              "two resources have the " + what + " " + part.apply(spec),
              "give each resource a " + what + " of its own");
        }
      }
    }

    private Optional<HostPort> readListen() {
      if (words.listen.isEmpty()) {
        wrong("listen-missing", "--listen says where initiators connect and is missing", EXAMPLE);
      }
      return words.listen.flatMap(word -> readHostPort("--listen", word, "127.0.0.1:3260"));
    }

    private Optional<HostPort> readHostPort(String option, String word, String example) {
      Optional<HostPort> address = HostPort.parse(word);
      if (address.isEmpty()) {
        wrong(
            "address-form",
            option + " " + word + " is not HOST:PORT",
            option + " " + example + ", or [::1]:3260 for an IPv6 address");
      }
      return address;
    }

    private Optional<Transport> readTransport() {
      Optional<Transport> transport =
          words.methods.transport.flatMap(
              word -> readWord("--transport", word, Transport.values(), Transport::word));
      transport
          .flatMap(Transport::unavailability)
          .ifPresent(reason ->
              wrong(
                  "transport-unavailable",
                  "--transport " + transport.get().word() + ": this host has none: " + reason,
                  "--transport " + Transport.best().word() + ", or leave it out"));
      return transport;
    }

    private Duration readIdlePoll() {
      if (words.methods.idlePoll.isEmpty()) {
        return NodeConfig.Methods.IDLE_POLL;
      }
      String word = words.methods.idlePoll.get();
      if (!word.matches("[0-9]{1,4}")) {
        wrong(
            "idle-poll",
            "--idle-poll " + word + " is no number of microseconds from 0 to 9999",
            "--idle-poll 0 lets a loop without work sleep at once");
        return NodeConfig.Methods.IDLE_POLL;
      }
      return Duration.ofNanos(Long.parseLong(word) * 1000);
    }

    private void checkTogether(Optional<Transport> transport, Optional<AppendMethod> append) {
      Transport used = transport.orElseGet(Transport::best);
      if (append.filter(AppendMethod.RING::equals).isPresent() && used != Transport.IO_URING) {
        wrong(
            "append-needs-ring",
            "--append ring needs event loops on io_uring, and they use " + used.word(),
            "--append thread, or --transport io_uring");
      }
    }

    private <T> Optional<T> readWord(
        String option, String word, T[] choices, Function<T, String> name) {
      Optional<T> chosen =
          Stream.of(choices).filter(choice -> name.apply(choice).equals(word)).findFirst();
      if (chosen.isEmpty()) {
        wrong(
            "unknown-choice",
            option + " " + word + " is no choice",
            option + " " + Stream.of(choices).map(name).collect(Collectors.joining(" or ")));
      }
      return chosen;
    }

    private void wrong(String code, String cause, String next) {
      problems.add(Refusal.usage(code, cause, next));
    }
  }
}
