package io.tharsis.replication.link;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Several connections as one link: message k of a direction goes over connection k modulo their
 * number, so the order is known without numbers. It begins when all of them are open, and ends with
 * the first that does. Lives on one owner, that of all its connections.
 *
 * <p>What comes early on one connection waits for its turn here; how much that can be is bounded by
 * what the user lets the other end send.
 */
final class Bundle implements Link {

  private static final String WITH_ANOTHER = "another connection of this link has ended";

  /** Who waits until it has begun. */
  interface Opening {
    /** For links that another node opens. */
    Opening IGNORED =
        new Opening() {
          @Override
          public void opened(Link link) {
            // its handler knows
          }

          @Override
          public void failed(IOException why) {
            // nobody waits
          }
        };

    void opened(Link link);

    void failed(IOException why);
  }

  private final LinkHandler user;
  private final Opening opening;
  private final List<Lane> lanes = new ArrayList<>();
  private int open;
  private boolean begun;
  private boolean ended;
  private boolean deaf;
  private boolean wantsRoom;
  private long sent;
  private long received;

  Bundle(int count, LinkHandler user, Opening opening) {
    this.user = user;
    this.opening = opening;
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane());
    }
  }

  /** Uses one of the connections. */
  LinkHandler lane(int index) {
    return lanes.get(index);
  }

  boolean isWhole() {
    return begun || ended;
  }

  /** The other end knows of one connection only. */
  void single() {
    while (lanes.size() > 1) {
      lanes.removeLast();
    }
    beginWhenWhole();
  }

  private void beginWhenWhole() {
    if (!begun && !ended && open == lanes.size()) {
      begun = true;
      user.opened(this);
      opening.opened(this);
      deliver();
    }
  }

  /** It cannot be whole any more. */
  void fail(IOException why) {
    if (!begun && !ended) {
      ended = true;
      closeLanes(WITH_ANOTHER);
      opening.failed(why);
    }
  }

  private void deliver() {
    while (begun && !deaf && !turn(received).early.isEmpty()) {
      Message next = turn(received).early.remove();
      received++;
      user.received(this, next);
    }
  }

  private Lane turn(long number) {
    return lanes.get((int) (number % lanes.size()));
  }

  private void closeLanes(String why) {
    lanes.forEach(lane -> lane.link.ifPresent(link -> link.close(why)));
  }

  private void ended(LinkEnd end) {
    if (!begun) {
      fail(new IOException(end.words()));
    } else if (!ended) {
      ended = true;
      closeLanes(WITH_ANOTHER);
      user.closed(this, end);
    }
  }

  /** One connection. */
  private final class Lane implements LinkHandler {
    private final ArrayDeque<Message> early = new ArrayDeque<>(0);
    private Optional<Link> link = Optional.empty();

    @Override
    public void opened(Link opened) {
      if (ended || link.isPresent()) {
        opened.close(ended ? WITH_ANOTHER : "this connection of the link is there already");
        return;
      }
      link = Optional.of(opened);
      open++;
      beginWhenWhole();
    }

    @Override
    public void received(Link from, Message message) {
      early.add(message);
      deliver();
    }

    @Override
    public void roomAgain(Link from) {
      if (wantsRoom && !ended && hasRoom()) {
        wantsRoom = false;
        user.roomAgain(Bundle.this);
      }
    }

    @Override
    public void closed(Link from, LinkEnd end) {
      Bundle.this.ended(end);
    }
  }

  // ---- as one link ----

  private Link first() {
    return lanes.getFirst().link.orElseThrow();
  }

  @Override
  public Hello.Sender peer() {
    return first().peer();
  }

  @Override
  public Hello.Purpose purpose() {
    return first().purpose().whole();
  }

  @Override
  public Optional<Certified> certified() {
    return first().certified();
  }

  @Override
  public Set<Codec> codecs() {
    return first().codecs();
  }

  @Override
  public void send(Message message) {
    if (!ended) {
      Link link = turn(sent).link.orElseThrow();
      sent++;
      link.send(message);
    }
  }

  @Override
  public boolean hasRoom() {
    boolean room = !ended && turn(sent).link.orElseThrow().hasRoom();
    wantsRoom |= !room;
    return room;
  }

  @Override
  public long unsentBytes() {
    return lanes.stream().flatMap(lane -> lane.link.stream()).mapToLong(Link::unsentBytes).sum();
  }

  @Override
  public LinkTraffic traffic() {
    LinkTraffic sum = new LinkTraffic(0, 0, 0, 0);
    for (Lane lane : lanes) {
      LinkTraffic one = lane.link.map(Link::traffic).orElse(sum);
      sum =
          lane.link.isEmpty()
              ? sum
              : new LinkTraffic(
                  sum.messagesOut() + one.messagesOut(),
                  sum.bytesOut() + one.bytesOut(),
                  sum.messagesIn() + one.messagesIn(),
                  sum.bytesIn() + one.bytesIn());
    }
    return sum;
  }

  @Override
  public void close(String why) {
    deaf = true;
    closeLanes(why);
  }
}
