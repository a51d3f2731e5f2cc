package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** A greeting that the other end began. */
final class Incoming extends Greeting {

  private final String host;
  private final Asked asked;
  private final Pipe accepted;
  private Optional<Hello> hello = Optional.empty();
  private int version;
  private boolean referred;

  /** Who decides, and where. */
  record Asked(LinkHome home, LinkAcceptor acceptor) {}

  Incoming(NodeLinks door, Pipe pipe, Asked asked) {
    super(door);
    this.host = pipe.remote().getHostString();
    this.accepted = pipe;
    this.asked = asked;
  }

  void begin() {
    startTimer();
    start(accepted);
  }

  @Override
  Optional<String> host() {
    return Optional.of(host);
  }

  @Override
  void heard(Message first) {
    if (!(first instanceof Hello said)) {
      door().tally().count(LinkEvent.GARBAGE);
      drop("the first frame is not a Hello");
      return;
    }
    hello = Optional.of(said);
    Optional<Integer> common = commonVersion(said);
    if (common.isEmpty()) {
      return;
    }
    version = common.get();
    if (said.purpose().linkClass() == LinkClass.JOIN) {
      admitted();
    } else if (isOfCluster(said.sender())
        && isCertified(said.sender())
        && isSomebodyElse(said.sender())) {
      door().nodes().admit(said.sender().nodeId(), said.sender().incarnation(), this);
    }
  }

  @Override
  public void isClone(UUID livingIncarnation) {
    refuseClone(hello.orElseThrow().sender(), livingIncarnation);
  }

  @Override
  public void admitted() {
    Hello said = hello.orElseThrow();
    if (!door().mayOpen(said.purpose().linkClass())) {
      refuse(RefusalCode.TOO_MANY_LINKS, "this node has as many links as it may have");
      return;
    }
    asked
        .home()
        .owner()
        .execute(() -> answer(said, asked.acceptor().decide(said.purpose(), said.sender())));
  }

  private void answer(Hello said, Acceptance decision) {
    door().door().owner().execute(() -> decided(said, decision));
  }

  private void decided(Hello said, Acceptance decision) {
    if (isOver()) {
      return;
    }
    switch (decision) {
      case Acceptance.Refused(RefusalCode code, String words) -> refuse(code, words);
      case Acceptance.Elsewhere(Owner owner, Supplier<Acceptance> other) -> {
        Invariant.check(!referred, "referred only once", said.purpose());
        referred = true;
        owner.execute(() -> answer(said, other.get()));
      }
      case Acceptance.Accepted(LinkHome home, LinkHandler handler) -> {
        door().tally().count(LinkEvent.ACCEPTED);
        send(door().identity().hello(said.purpose()));
        becomeLink(said, version, new OpenLink.Use(home, handler, OpenLink.Outcome.IGNORED));
      }
    }
  }

  @Override
  void failed(IOException why) {
    // nobody here waits for it
  }
}
