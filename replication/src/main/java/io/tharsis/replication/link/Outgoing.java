package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LinkMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/** A greeting that this end began. */
final class Outgoing extends Greeting {

  private final Destination to;
  private final Wanted wanted;
  private Optional<Hello> answer = Optional.empty();
  private int version;

  /** Who wants the link. */
  record Wanted(LinkHome home, LinkHandler handler, Async<Link> result) {}

  Outgoing(NodeLinks door, Destination to, Wanted wanted) {
    super(door);
    this.to = to;
    this.wanted = wanted;
  }

  void dial(Network network) {
    startTimer();
    network
        .dial(to.address(), to.purpose().linkClass())
        .observe(
            this::dialled,
            cause -> {
              if (!isOver()) {
                end(cause);
              }
            });
  }

  private void dialled(Pipe pipe) {
    if (isOver()) {
      pipe.abort();
      return;
    }
    start(pipe);
    send(door().identity().hello(to.purpose()));
  }

  @Override
  Optional<String> host() {
    return Optional.empty();
  }

  @Override
  void heard(Message first) {
    switch (first) {
      case LinkMessage.Refused(RefusalCode code, String words) -> refusedThere(code, words);
      case Hello said when isAbout(said.purpose()) -> answered(said);
      case Message _ -> {
        door().tally().count(LinkEvent.GARBAGE);
        drop("the answer is not a Hello to what was said");
      }
    }
  }

  /** A node that knows no lanes leaves them out. */
  private boolean isAbout(Hello.Purpose said) {
    return said.equals(to.purpose()) || said.equals(to.purpose().whole());
  }

  private void refusedThere(RefusalCode code, String words) {
    door().tally().count(LinkEvent.REFUSED_THERE);
    if (code == RefusalCode.CLONED_NODE) {
      Hello.Sender own = door().identity().sender();
      door().cloneMet(own, own.incarnation(), words);
    }
    pipe().abort();
    end(new LinkRefusedException(code, words));
  }

  private void answered(Hello said) {
    answer = Optional.of(said);
    Optional<Integer> common = commonVersion(said);
    if (common.isEmpty()) {
      return;
    }
    version = common.get();
    if (!isCertified(said.sender()) || !isTheOneWanted(said.sender())) {
      return;
    }
    if (to.purpose().linkClass() == LinkClass.JOIN) {
      admitted();
    } else if (isOfCluster(said.sender()) && isSomebodyElse(said.sender())) {
      door().nodes().admit(said.sender().nodeId(), said.sender().incarnation(), this);
    }
  }

  private boolean isTheOneWanted(Hello.Sender peer) {
    if (to.node().isEmpty() || to.node().get().equals(peer.nodeId())) {
      return true;
    }
    refuse(
        RefusalCode.WRONG_NODE,
        "node " + to.node().get() + " was wanted, and this is " + describe(peer));
    return false;
  }

  @Override
  public void isClone(UUID livingIncarnation) {
    refuseClone(answer.orElseThrow().sender(), livingIncarnation);
  }

  @Override
  public void admitted() {
    Hello said = answer.orElseThrow();
    if (!door().mayOpen(said.purpose().linkClass())) {
      refuse(RefusalCode.TOO_MANY_LINKS, "this node has as many links as it may have");
      return;
    }
    door().tally().count(LinkEvent.CONNECTED);
    OpenLink.Outcome outcome =
        new OpenLink.Outcome() {
          @Override
          public void opened(Link link) {
            wanted.result().succeed(link);
          }

          @Override
          public void failed(IOException why) {
            wanted.result().fail(why);
          }
        };
    becomeLink(said, version, new OpenLink.Use(wanted.home(), wanted.handler(), outcome));
  }

  /** There will be no link. */
  void fail(IOException why) {
    wanted.home().owner().execute(() -> wanted.result().fail(why));
  }

  @Override
  void failed(IOException why) {
    fail(why);
  }
}
