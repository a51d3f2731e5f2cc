package io.tharsis.replication.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no node would accept, and what a switch verb does. */
class RequestFormTest {

  private static List<String> codes(Command command) {
    return RequestForm.objections(command).stream().map(Refusal::code).toList();
  }

  @Test
  void soundCommandsHaveNoObjections() {
    assertThat(codes(new Command.CreateCluster())).isEmpty();
    assertThat(codes(new Command.CreateToken(Duration.ofHours(1)))).isEmpty();
    assertThat(codes(new Command.JoinCluster("[::1]:7777", "t"))).isEmpty();
    assertThat(
            codes(
                new Command.CreateResource(
                    "vm-1.root", "/dev/a", OptionalLong.of(512), WriteCacheMode.DURABLE)))
        .isEmpty();
    assertThat(codes(new Command.LeaveResource("a", Optional.of("host-b"), false))).isEmpty();
  }

  @Test
  void everythingIsSaidAtOnce() {
    assertThat(
            codes(
                new Command.CreateResource(
                    "A", "dev/a", OptionalLong.of(511), WriteCacheMode.FLUSH)))
        .containsExactly("resource-name", "disk-path", "size");
    assertThat(codes(new Command.JoinCluster("host:0", " ")))
        .containsExactly("address-form", "token-form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "a/b", "..", "A", "a b", "a\n"})
  void whatCannotBeTheNameOfAResource(String name) {
    assertThat(codes(new Command.LogDelete(name))).containsExactly("resource-name");
  }

  @Test
  void bounds() {
    assertThat(codes(new Command.CreateToken(Duration.ZERO))).containsExactly("token-lifetime");
    assertThat(codes(new Command.CreateToken(Duration.ofDays(31))))
        .containsExactly("token-lifetime");
    assertThat(codes(new Command.Resize("a", 0))).containsExactly("size");
    assertThat(codes(new Command.LeaveCluster(Optional.of("../x")))).containsExactly("node-name");
    assertThat(codes(new Command.WaitResource("a", WaitState.SYNCED, Optional.of(""))))
        .containsExactly("node-name");
    assertThat(RequestForm.objection(Duration.ofSeconds(1))).isEmpty();
    assertThat(RequestForm.objection(Duration.ofDays(8))).isPresent();
    assertThat(RequestForm.objection(Duration.ZERO)).isPresent();
  }

  @Test
  void whatGoesTogetherWhenARoleChanges() {
    Optional<Duration> budget = Optional.of(Duration.ofMillis(500));
    assertThat(codes(new Command.Primary("a", false, false, budget))).isEmpty();
    assertThat(codes(new Command.Primary("a", true, true, Optional.empty()))).isEmpty();
    assertThat(codes(new Command.Primary("a", false, true, budget))).containsExactly("accept-loss");
    assertThat(codes(new Command.Primary("a", true, true, budget))).containsExactly("pause-force");
    assertThat(codes(new Command.Primary("a", false, false, Optional.of(Duration.ZERO))))
        .containsExactly("pause");
    assertThat(codes(new Command.Primary("a", false, false, Optional.of(Duration.ofSeconds(6)))))
        .containsExactly("pause");
  }

  private static List<String> codes(ReplicationMode mode) {
    return codes(new Command.SetMode("a", mode));
  }

  @Test
  void boundsOfModes() {
    LinkLoss loss = LinkLoss.DEFAULT;
    LinkLoss never = new LinkLoss(Duration.ofDays(2), ReplicationMode.Reaction.STALL);
    Optional<Duration> twoSeconds = Optional.of(Duration.ofSeconds(2));
    OptionalLong none = OptionalLong.empty();
    assertThat(codes(new ReplicationMode.Async())).isEmpty();
    assertThat(codes(new ReplicationMode.NearSync(none, twoSeconds, loss))).isEmpty();
    assertThat(codes(new ReplicationMode.NearSync(none, Optional.empty(), loss)))
        .containsExactly("lag-bound");
    assertThat(
            codes(
                new ReplicationMode.NearSync(
                    OptionalLong.of(0), Optional.of(Duration.ofMillis(-1)), never)))
        .containsExactly("lag-bytes", "lag-time", "link-timeout");
    assertThat(codes(new ReplicationMode.Sync(2, loss))).isEmpty();
    assertThat(codes(new ReplicationMode.Sync(32, loss))).isEmpty();
    assertThat(codes(new ReplicationMode.Sync(1, loss))).containsExactly("copies");
    assertThat(codes(new ReplicationMode.Sync(33, never)))
        .containsExactly("copies", "link-timeout");
  }

  @Test
  void secretsAreNotTold() {
    assertThat(new Command.JoinCluster("h:1", "geheim").toString()).doesNotContain("geheim");
    assertThat(new Outcome.TokenMade("geheim", "h:1", java.time.Instant.EPOCH).toString())
        .doesNotContain("geheim");
  }

  @ParameterizedTest
  @EnumSource
  void switchVerbsAreIdempotentAndUndone(SwitchVerb verb) {
    Switches off = new Switches(false, false, false, false);
    Switches once = verb.applyTo(off);
    assertThat(verb.applyTo(once)).isEqualTo(once);
    Switches twice = verb.applyTo(Switches.ON);
    assertThat(verb.applyTo(twice)).isEqualTo(twice);
    boolean turnsOn = !once.equals(off);
    assertThat(turnsOn).isNotEqualTo(!twice.equals(Switches.ON));
  }

  @Test
  void aRefusalSaysAllThree() {
    assertThat(Refusal.usage("a-code", "It is so", "that").toString())
        .isEqualTo("It is so [a-code]. Try: that");
    assertThatThrownBy(() -> Refusal.usage("A code", "x", "y"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Refusal.late("late", "x", "y").thrown().refusal().kind())
        .isEqualTo(Refusal.Kind.LATE);
  }
}
