package io.tharsis.server.cluster;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.trust.JoinService;
import io.tharsis.replication.wire.JoinMessage;
import io.tharsis.replication.wire.Message;

/** The end of a link over which somebody wants to join: one request, one answer. */
final class JoinDoor implements LinkHandler {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private final JoinService service;
  private final Owner owner;
  private final Rim rim;
  private boolean asked;

  JoinDoor(JoinService service, Owner owner, Rim rim) {
    this.service = service;
    this.owner = owner;
    this.rim = rim;
  }

  @Override
  public void opened(Link link) {
    // who joins speaks first
  }

  @Override
  public void received(Link link, Message message) {
    if (asked || !(message instanceof JoinMessage.JoinRequest(Blob request))) {
      link.close("one request to join is enough");
      return;
    }
    asked = true;
    rim.call(owner, () -> service.answer(request.toByteArray()))
        .observe(
            answer -> link.send(new JoinMessage.JoinReply(Blob.of(answer))),
            failure -> {
              LOG.log(
                  System.Logger.Level.ERROR, "a request to join could not be answered", failure);
              link.close("the request could not be answered");
            });
  }

  @Override
  public void closed(Link link, LinkEnd end) {
    // what was asked for is done or not; who joined comes again as the same node
  }
}
