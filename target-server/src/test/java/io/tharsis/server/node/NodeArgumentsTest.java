package io.tharsis.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.server.node.NodeArguments.Methods;
import io.tharsis.server.node.NodeArguments.Reading;
import io.tharsis.server.ring.AppendMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options of {@code serve} mean, and everything that can be wrong with them. */
class NodeArgumentsTest {

  private static final Methods BY_ITSELF = Methods.UNSAID;

  @Test
  void everythingSaid() {
    NodeArguments words =
        new NodeArguments(
            Optional.of("/var/lib/tharsis"),
            List.of("a=/dev/vdb", "b=/disks/b,cache=flush,size=2GiB"),
            Optional.of("[::1]:0"),
            Optional.of("localhost:9260"),
            new Methods(Optional.of("nio"), Optional.of("0"), Optional.of("thread")),
            List.of());

    assertThat(words.read())
        .isEqualTo(
            new Reading.Understood(
                new NodeConfig(
                    Path.of("/var/lib/tharsis"),
                    List.of(
                        new ResourceSpec(
                            "a", Path.of("/dev/vdb"), OptionalLong.empty(), WriteCache.DURABLE),
                        new ResourceSpec(
                            "b", Path.of("/disks/b"), OptionalLong.of(2L << 30), WriteCache.FLUSH)),
                    new HostPort("::1", 0),
                    Optional.of(new HostPort("localhost", 9260)),
                    new NodeConfig.Methods(
                        Optional.of(Transport.NIO),
                        Duration.ZERO,
                        Optional.of(AppendMethod.THREAD)),
                    LogLimits.defaults())));
  }

  @Test
  void lossIsAcceptedForAResourceByName() {
    assertThat(accepting(List.of("a")).read())
        .isInstanceOfSatisfying(
            Reading.Understood.class,
            understood -> assertThat(understood.config().acceptLoss()).containsExactly("a"));
    assertThat(problems(accepting(List.of("a", "b"))))
        .extracting(Refusal::code)
        .containsExactly("accept-loss-unknown");
  }

  private static NodeArguments accepting(List<String> names) {
    return new NodeArguments(
        Optional.of("/data"),
        List.of("a=/dev/vdb"),
        Optional.of("[::1]:0"),
        Optional.empty(),
        BY_ITSELF,
        names,
        List.of());
  }

  @Test
  void nothingSaidIsEverythingMissingAtOnce() {
    NodeArguments words =
        new NodeArguments(
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            BY_ITSELF,
            List.of("--lisen", "x:1"));

    assertThat(problems(words))
        .extracting(Refusal::code)
        .containsExactly(
            "unknown-option",
            "unknown-option",
            "data-missing",
            "resource-missing",
            "listen-missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // one --resource | codes
        "a                           | resource-form",
        "a=                          | resource-form",
        "a=,size=1GiB                | resource-form",
        "=/disk                      | resource-name",
        "A=/disk                     | resource-name",
        "a_b=/disk                   | resource-name",
        "-a=/disk                    | resource-name",
        "a/../b=/disk                | resource-name",
        "a=/disk,size=               | resource-size",
        "a=/disk,size                | resource-size",
        "a=/disk,size=0              | resource-size",
        "a=/disk,size=513            | resource-size",
        "a=/disk,size=1GB            | resource-size",
        "a=/disk,size=-1GiB          | resource-size",
        "a=/disk,size=9999999TiB     | resource-size",
        "a=/disk,cache=write         | resource-cache",
        "a=/disk,cache               | resource-cache",
        "a=/disk,sise=1GiB           | resource-option",
        "a=/disk,                    | resource-option",
        "a=/disk,size=1M,size=2M     | resource-option",
        "A=/disk,size=1,cache=x,y=z  | resource-name resource-size resource-cache resource-option",
      })
  void resourceThatIsRefused(String word, String codes) {
    assertThat(problems(serving(word)))
        .extracting(Refusal::code)
        .containsExactly(codes.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:3260, 127.0.0.1, 3260",
    "localhost:0, localhost, 0",
    "[::1]:3260, ::1, 3260",
    "[fe80::1%eth0]:65535, fe80::1%eth0, 65535",
    "0.0.0.0:1, 0.0.0.0, 1",
  })
  void addressThatIsUnderstood(String word, String host, int port) {
    assertThat(HostPort.parse(word)).contains(new HostPort(host, port));
    assertThat(new HostPort(host, port)).hasToString(word);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost",
    ":3260",
    "::1:3260",
    "[::1]",
    "a:b:1",
    "a:65536",
    "a:123456",
    "a:-1",
    "'a b:1'"
  })
  void addressThatIsRefused(String word) {
    NodeArguments words =
        new NodeArguments(
            Optional.of("d"),
            List.of("a=/disk"),
            Optional.of(word),
            Optional.of(word),
            BY_ITSELF,
            List.of());

    assertThat(problems(words))
        .extracting(Refusal::code)
        .containsExactly("address-form", "address-form");
  }

  @Test
  void sameNameOrDiskTwice() {
    assertThat(problems(serving("a=/x", "b=/y", "a=/z", "c=/y", "d=/q/../y")))
        .extracting(Refusal::code)
        .containsExactly("resource-name-twice", "resource-disk-twice", "resource-disk-twice");
  }

  @ParameterizedTest
  @CsvSource({
    "uring, , , unknown-choice",
    ", , direct, unknown-choice",
    "nio, , ring, append-needs-ring",
    "epoll, , ring, append-needs-ring",
    ", 50us, , idle-poll",
    ", -1, , idle-poll",
    ", 10000, , idle-poll",
  })
  void methodThatIsRefused(String transport, String idlePoll, String append, String code) {
    NodeArguments words =
        new NodeArguments(
            Optional.of("d"),
            List.of("a=/disk"),
            Optional.of("localhost:0"),
            Optional.empty(),
            new Methods(
                Optional.ofNullable(transport),
                Optional.ofNullable(idlePoll),
                Optional.ofNullable(append)),
            List.of());

    assertThat(problems(words)).extracting(Refusal::code).contains(code);
  }

  @Test
  void everyProblemSaysWhatToTry() {
    assertThat(problems(serving("a", "A=/disk,size=1,cache=x,y=z")))
        .allSatisfy(problem -> {
          assertThat(problem.advice()).isNotBlank();
          assertThat(problem.toString()).contains(problem.code()).contains("Try: ");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "1K, 1024",
    "1KiB, 1024",
    "512MiB, 536870912",
    "1GiB, 1073741824",
    "7TiB, 7696581394432",
    "8388607TiB, 9223370937343148032",
  })
  void sizes(String word, long bytes) {
    assertThat(DataSize.parse(word)).hasValue(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1536, 1.5 KiB",
    "1073741824, 1 GiB",
    "200000000, 191 MiB",
    "1125899906842624, 1024 TiB",
  })
  void sizesForPeople(long bytes, String words) {
    assertThat(DataSize.format(bytes)).isEqualTo(words);
  }

  private static NodeArguments serving(String... resources) {
    return new NodeArguments(
        Optional.of("data"),
        List.of(resources),
        Optional.of("localhost:0"),
        Optional.empty(),
        BY_ITSELF,
        List.of());
  }

  private static List<Refusal> problems(NodeArguments words) {
    return switch (words.read()) {
      case Reading.Understood understood ->
          throw new AssertionError("understood: " + understood.config());
      case Reading.Refused refused -> refused.problems();
    };
  }
}
