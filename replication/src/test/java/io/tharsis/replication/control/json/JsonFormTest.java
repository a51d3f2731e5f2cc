package io.tharsis.replication.control.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.Samples;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.control.view.SettingsView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can be said stands in JSON and comes back the same; what it is not is refused.
 */
class JsonFormTest {

  private static String golden(String name) {
    try (var in = JsonFormTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Command> commands() {
    return Samples.commands();
  }

  static List<Outcome> outcomes() {
    return Samples.outcomes();
  }

  /** A verb that is added and forgotten in the samples would go untested everywhere. */
  @Test
  void theSamplesHaveEveryVerb() {
    Set<Class<?>> seen = new HashSet<>();
    commands().forEach(command -> seen.add(command.getClass()));
    Stream<Class<?>> direct =
        Stream.of(Command.class.getPermittedSubclasses()).filter(c -> !c.isInterface());
    Stream<Class<?>> about = Stream.of(Command.OnResource.class.getPermittedSubclasses());
    assertThat(seen).containsExactlyInAnyOrderElementsOf(Stream.concat(direct, about).toList());
    assertThat(commands().stream().map(Command::verb))
        .containsAll(Stream.of(SwitchVerb.values()).map(SwitchVerb::word).toList());
    assertThat(outcomes().stream().<Class<?>>map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(Outcome.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void requestsComeBack(Command command) throws RefusedException {
    for (boolean dryRun : new boolean[] {false, true}) {
      Request request = new Request(command, Duration.ofSeconds(60), dryRun);
      assertThat(RequestJson.read(command.verb(), RequestJson.write(request))).isEqualTo(request);
    }
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void outcomesComeBack(Outcome outcome) throws MalformedJsonException {
    assertThat(OutcomeJson.read(OutcomeJson.write(outcome))).isEqualTo(outcome);
  }

  @Test
  void refusalsComeBack() throws MalformedJsonException {
    List<Refusal> all =
        List.of(
            Refusal.usage("a", "b", "c"),
            Refusal.forbidden("a-b", "it \"is\" so", "d"),
            Refusal.host("h", "e", "f"),
            Refusal.late("l", "g", "h"));
    assertThat(RefusalJson.read(RefusalJson.write(all))).isEqualTo(all);
  }

  @Test
  void viewsComeBack() throws MalformedJsonException {
    assertThat(ViewJson.read(ViewJson.write(Samples.view()))).isEqualTo(Samples.view());
    assertThat(ViewJson.read(ViewJson.write(Samples.lonely()))).isEqualTo(Samples.lonely());
  }

  /** The form is a contract: see docs/reference/admin-api.md. */
  @Test
  void aNodeThatTellsOfNoBranchesAndSettingsIsUnderstood() throws MalformedJsonException {
    assertThat(ViewJson.read(golden("view-without-branches.json")).resources())
        .allMatch(resource -> resource.settings().equals(SettingsView.STANDARD))
        .flatExtracting(ResourceView::replicas)
        .isNotEmpty()
        .allMatch(replica -> replica.branches().equals(BranchView.NONE));
  }

  @Test
  void theFormIsPinned() {
    assertThat(ViewJson.write(Samples.view())).isEqualTo(golden("view.json"));
    StringBuilder requests = new StringBuilder();
    for (Command command : commands()) {
      requests
          .append(command.verb())
          .append(' ')
          .append(RequestJson.write(new Request(command, Duration.ofSeconds(60), false)));
    }
    assertThat(requests.toString()).isEqualTo(golden("requests.txt"));
    StringBuilder outcomes = new StringBuilder();
    Samples.outcomes().forEach(outcome -> outcomes.append(OutcomeJson.write(outcome)));
    outcomes.append(RefusalJson.write(List.of(Refusal.forbidden("a-code", "a fact", "advice"))));
    assertThat(outcomes.toString()).isEqualTo(golden("answers.txt"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "attach | it is no JSON object | 7",
        "attach | it is no JSON | {",
        "attach | something stands behind | {} {}",
        "attach | the field 'resource' is missing | {\"deadlineMillis\":1}",
        "attach | the field 'resource' is not a string | {\"resource\":1,\"deadlineMillis\":1}",
        "attach | the field 'deadlineMillis' is missing | {\"resource\":\"a\"}",
        "attach | the field 'host' is unknown | {\"resource\":\"a\",\"deadlineMillis\":1,\"host\":\"b\"}",
        "attach | is not true or false | {\"resource\":\"a\",\"deadlineMillis\":1,\"dryRun\":1}",
        "attach | a value that is never used | {\"resource\":null}",
        "attach | a value that is never used | {\"resource\":1.5}",
        "attach | it is no JSON | {\"resource\":\"a\",\"resource\":\"b\"}",
        "resize | it is no JSON | {\"sizeBytes\":99999999999999999999}",
        "wait-resource | 'gone' is no state | {\"resource\":\"a\",\"state\":\"gone\"}",
        "create-resource | is no write cache | {\"resource\":\"a\",\"disk\":\"/d\",\"writeCache\":\"x\"}",
        "set-mode | 'best' is no mode | {\"resource\":\"a\",\"mode\":\"best\"}",
        "set-mode | the field 'mode' is missing | {\"resource\":\"a\"}",
        "set-mode | the field 'copies' is unknown | {\"resource\":\"a\",\"mode\":\"async\",\"copies\":2,\"deadlineMillis\":1}",
        "set-mode | nothing has 4294967298 copies | {\"resource\":\"a\",\"mode\":\"sync\",\"copies\":4294967298}",
        "set-mode | 'pray' is nothing to do | {\"resource\":\"a\",\"mode\":\"sync\",\"onLinkLoss\":\"pray\"}",
        "set-policy | 'x' is no policy for a split | {\"resource\":\"a\",\"onSplit\":\"x\"}",
      })
  void whatIsNotOfTheFormIsRefused(String verb, String fact, String text) {
    assertThatThrownBy(() -> RequestJson.read(verb, text))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> {
              assertThat(refused.refusal().code()).isEqualTo("malformed-request");
              assertThat(refused.refusal().fact()).contains(fact);
            });
  }

  @Test
  void whatIsLeftOutOfAModeHasItsDefault() throws RefusedException {
    String text = "{\"resource\":\"a\",\"deadlineMillis\":1,\"mode\":\"sync\"}";
    assertThat(RequestJson.read("set-mode", text).command())
        .isEqualTo(
            new Command.SetMode(
                "a", new ReplicationMode.Sync(2, ReplicationMode.LinkLoss.DEFAULT)));
  }

  @Test
  void unknownVerbsAndDeadlines() {
    assertThatThrownBy(() -> RequestJson.read("explode", "{}"))
        .hasMessageContaining("unknown-verb");
    assertThatThrownBy(
            () -> RequestJson.read("attach", "{\"resource\":\"a\",\"deadlineMillis\":0}"))
        .hasMessageContaining("[deadline]");
  }

  @Test
  void deepNestingEnds() {
    String deep = "{\"a\":".repeat(100) + "1" + "}".repeat(100);
    assertThatThrownBy(() -> RequestJson.read("attach", deep)).isInstanceOf(RefusedException.class);
  }

  /** A newer node may say more. */
  @Test
  void unknownFieldsOfAnswersArePassedOver() throws MalformedJsonException {
    String text = ViewJson.write(Samples.lonely()).replaceFirst("\\{", "{\"mood\":\"good\",");
    assertThat(ViewJson.read(text)).isEqualTo(Samples.lonely());
    assertThatThrownBy(() -> OutcomeJson.read("{\"outcome\":\"magic\"}"))
        .hasMessageContaining("magic");
    assertThatThrownBy(() -> RefusalJson.read("{\"refused\":[]}"))
        .hasMessageContaining("without a reason");
  }
}
