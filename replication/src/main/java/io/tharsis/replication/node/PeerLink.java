package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.json.MalformedJsonException;
import io.tharsis.replication.control.json.RefusalJson;
import io.tharsis.replication.directory.Conversation;
import io.tharsis.replication.directory.Exchange;
import io.tharsis.replication.directory.ExchangeCodec;
import io.tharsis.replication.directory.Peer;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.ControlMessage;
import io.tharsis.replication.wire.ControlMessage.Answer;
import io.tharsis.replication.wire.ControlMessage.Ask;
import io.tharsis.replication.wire.ControlMessage.Gossip;
import io.tharsis.replication.wire.ControlMessage.Outcome;
import io.tharsis.replication.wire.Message;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** One control link: what two directories say to each other, and questions in both directions. */
final class PeerLink implements LinkHandler, Peer {

  /** Questions of the other end that may be under way. */
  private static final int MAX_ASKED = 64;

  private record Question(Async<Blob> answer, Clock.Timer timer) {}

  private final Peers peers;
  private final Optional<InetSocketAddress> dialled;
  private final Map<Long, Question> questions = new TreeMap<>();
  private Optional<Link> link = Optional.empty();
  private Optional<Conversation> conversation = Optional.empty();
  private long lastId;
  private int asked;

  /**
   * @param dialled where this end has connected to; empty if the other end has opened it
   */
  PeerLink(Peers peers, Optional<InetSocketAddress> dialled) {
    this.peers = peers;
    this.dialled = dialled;
  }

  Optional<InetSocketAddress> dialled() {
    return dialled;
  }

  /** What the certificates of both ends say. */
  Optional<Certified> certified() {
    return link.flatMap(Link::certified);
  }

  @Override
  public UUID node() {
    return link.orElseThrow().peer().nodeId();
  }

  @Override
  public boolean hasRoom() {
    return link.filter(Link::hasRoom).isPresent();
  }

  @Override
  public void send(Exchange message) {
    say(new Gossip(ExchangeCodec.encode(message)));
  }

  private void say(ControlMessage message) {
    link.ifPresent(it -> it.send(message));
  }

  @Override
  public void opened(Link opened) {
    link = Optional.of(opened);
    peers.opened(this, node());
    conversation = Optional.of(peers.directory().connected(this));
  }

  @Override
  public void received(Link from, Message message) {
    switch (message) {
      case Gossip(Blob content) -> conversation.ifPresent(it -> it.received(content));
      case Ask ask -> asked(ask);
      case Answer answer -> answered(answer);
      case ControlMessage.Ping(long id, long time) ->
          say(new ControlMessage.Pong(id, peers.directory().clock().now()));
      default -> {}
    }
  }

  private void asked(Ask ask) {
    if (asked >= MAX_ASKED) {
      refuse(ask.id(), Refusal.host("busy", "too much is asked at once", "the same again later"));
      return;
    }
    Optional<Inquiry> inquiry;
    try {
      inquiry = Inquiry.decode(ask.verb(), ask.body());
    } catch (FormatException malformed) {
      refuse(
          ask.id(),
          Refusal.usage(
              "malformed-request",
              "'%s' is not understood: %s".formatted(ask.verb(), malformed.getMessage()),
              "the same version of the program on both nodes"));
      return;
    }
    if (inquiry.isEmpty()) {
      say(new Answer(ask.id(), Outcome.UNKNOWN_VERB, Blob.EMPTY));
      return;
    }
    asked++;
    peers
        .host()
        .asked(node(), inquiry.get())
        .observe(
            body -> {
              asked--;
              say(new Answer(ask.id(), Outcome.DONE, body));
            },
            cause -> {
              asked--;
              say(new Answer(ask.id(), Outcome.REFUSED, words(refusals(cause))));
            });
  }

  private void refuse(long id, Refusal refusal) {
    say(new Answer(id, Outcome.REFUSED, words(List.of(refusal))));
  }

  private static Blob words(List<Refusal> refusals) {
    return Blob.of(RefusalJson.write(refusals).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Refusal> refusals(IOException cause) {
    return cause instanceof RefusedException refused
        ? refused.refusals()
        : List.of(
            Refusal.host(
                "failed", "it failed there: " + cause.getMessage(), "view, then the same again"));
  }

  private void answered(Answer answer) {
    Question question = questions.remove(answer.id());
    if (question == null) {
      return;
    }
    question.timer().cancel();
    switch (answer.outcome()) {
      case DONE -> question.answer().succeed(answer.body());
      case REFUSED -> question.answer().fail(refused(answer.body()));
      case UNKNOWN_VERB ->
          question
              .answer()
              .fail(
                  Refusal.host(
                          "node-too-old",
                          "node " + name() + " runs a program that cannot do this",
                          "the same version of the program on all nodes")
                      .thrown());
    }
  }

  private String name() {
    return link.orElseThrow().peer().name();
  }

  private IOException refused(Blob body) {
    try {
      String text = new String(body.toByteArray(), StandardCharsets.UTF_8);
      return new RefusedException(RefusalJson.read(text));
    } catch (MalformedJsonException malformed) {
      return new IOException("node " + name() + " refuses in words that are not understood");
    }
  }

  /** Asks the other end. */
  Async<Blob> ask(Inquiry inquiry, Duration patience) {
    long id = ++lastId;
    Async<Blob> answer = new Async<>();
    questions.put(id, new Question(answer, peers.clock().after(patience, () -> late(id))));
    say(new Ask(id, inquiry.verb(), inquiry.encode()));
    return answer;
  }

  private void late(long id) {
    Question question = questions.remove(id);
    if (question != null) {
      question
          .answer()
          .fail(
              Refusal.host(
                      "node-silent",
                      "node " + name() + ", which must answer, has not answered in time",
                      "view, then the same again")
                  .thrown());
    }
  }

  /** Ends the link. */
  void close(String why) {
    link.ifPresent(it -> it.close(why));
  }

  @Override
  public void closed(Link gone, LinkEnd end) {
    conversation.ifPresent(Conversation::ended);
    peers.closed(this, node());
    List<Question> open = List.copyOf(questions.values());
    questions.clear();
    for (Question question : open) {
      question.timer().cancel();
      question.answer().fail(new Lost(end.words()));
    }
  }

  /** The link ended before the answer came: what was asked for is done, or not. */
  static final class Lost extends IOException {
    private static final long serialVersionUID = 1L;

    Lost(String words) {
      super(words);
    }
  }
}
