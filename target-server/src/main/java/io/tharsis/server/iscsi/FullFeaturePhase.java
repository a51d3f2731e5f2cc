package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A connection in full feature phase, RFC 7143 11: numbers PDUs in, hands commands to the session's
 * tasks, answers pings, text, task management and logout. Owned by its connection, on the loop of
 * the session's target; a discovery session has no target and stays on the portal's loop.
 */
final class FullFeaturePhase implements Phase {

  /**
   * Answers that may pile up for an initiator that does not read them. Data-in is held back long
   * before; pings, rejects and the like are always answered, so this is what bounds them.
   */
  private static final long MAX_UNREAD_BYTES = 16 << 20;

  private final IscsiConnection connection;
  private final CommandWindow window;
  private final PduWriter writer;
  private final CommandOrder order;
  private final TextExchange text;
  private final Negotiation negotiation;
  private final Optional<Scsi> scsi;
  private final Channel channel;
  private final IscsiLimits limits;
  private final int connectionId;

  private Future<?> keepalive;
  private int expStatSn;
  private int pingTag = Bhs.NO_TAG;
  private int lastPingTag;
  private boolean leaving;

  /** What only a normal session has. */
  private record Scsi(Session session, TaskTable tasks, TaskManagementRequests management) {}

  /**
   * What login found out.
   *
   * @param session empty for a discovery session
   */
  record Result(
      Negotiation negotiation,
      Optional<Session> session,
      int connectionId,
      int nextStatSn,
      int firstCmdSn) {}

  FullFeaturePhase(IscsiConnection connection, Channel channel, Result login) {
    IscsiPortal.Settings settings = connection.settings();
    this.connection = connection;
    this.channel = channel;
    this.limits = settings.limits();
    this.negotiation = login.negotiation();
    this.connectionId = login.connectionId();
    this.window = new CommandWindow(limits.commands(), login.firstCmdSn());
    this.writer = new PduWriter(channel, window, settings.metrics(), login.nextStatSn());
    this.order = new CommandOrder(window, this::handle);
    this.scsi = login.session().map(session -> scsi(session, settings));
    this.text =
        new TextExchange(
            negotiation,
            new SendTargets(
                settings.directory(),
                negotiation.value(NegotiationKey.INITIATOR_NAME),
                login.session().map(session -> session.target().name()),
                connection.localAddress()),
            writer,
            limits.login().textBytes(),
            this::nextPingTag);
    negotiation.enterFullFeaturePhase();
    this.keepalive = scheduleKeepalive(limits.nopIdle().toNanos());
  }

  private Scsi scsi(Session session, IscsiPortal.Settings settings) {
    ByteBufAllocator allocator = channel.alloc();
    TaskTable tasks =
        new TaskTable(
            session,
            new TaskTable.Connection(writer, window, limits, settings.metrics(), allocator),
            negotiation.transferParameters());
    return new Scsi(session, tasks, new TaskManagementRequests(tasks, order, window, writer));
  }

  @Override
  public PduReader.Landing header(Bhs bhs) {
    if (bhs.opcode() != Opcode.DATA_OUT || scsi.isEmpty()) {
      return PduReader.GATHER;
    }
    int tag = bhs.initiatorTaskTag();
    TaskTable tasks = scsi.get().tasks();
    if (tasks.task(tag).isEmpty()
        && (tasks.waitingTask(tag).isPresent() || order.task(tag).isPresent())) {
      return PduReader.GATHER;
    }
    return tasks.dataOutHeader(bhs);
  }

  @Override
  public void pdu(Bhs bhs, ByteBuf data) {
    if (leaving) {
      return;
    }
    if (!channel.isWritable() && channel.bytesBeforeWritable() > MAX_UNREAD_BYTES) {
      throw ProtocolViolation.drop("does not read its answers");
    }
    expStatSn = bhs.expStatSn();
    switch (bhs.opcode()) {
      case DATA_OUT -> dataOut(bhs, data);
      case SCSI_COMMAND, TASK_MANAGEMENT, TEXT, LOGOUT -> numbered(bhs, data);
      case NOP_OUT -> {
        if (bhs.initiatorTaskTag() == Bhs.NO_TAG) {
          pong(bhs);
        } else {
          numbered(bhs, data);
        }
      }
      case SNACK -> throw ProtocolViolation.reject(RejectReason.SNACK_REJECT, "SNACK at level 0");
      case LOGIN -> throw ProtocolViolation.drop("Login Request in full feature phase");
      case NOP_IN,
          SCSI_RESPONSE,
          TASK_MANAGEMENT_RESPONSE,
          LOGIN_RESPONSE,
          TEXT_RESPONSE,
          DATA_IN,
          LOGOUT_RESPONSE,
          R2T,
          ASYNC_MESSAGE,
          REJECT,
          UNKNOWN ->
          throw ProtocolViolation.reject(
              RejectReason.COMMAND_NOT_SUPPORTED, "opcode " + (bhs.byteAt(0) & 0x3f));
    }
  }

  private void numbered(Bhs bhs, ByteBuf data) {
    if (bhs.immediate()) {
      handle(bhs, data, Optional.empty());
    } else {
      order.accept(bhs, data);
    }
  }

  /** The PDU is next in order. */
  private void handle(Bhs bhs, ByteBuf data, Optional<HeldCommand> held) {
    try {
      switch (bhs.opcode()) {
        case SCSI_COMMAND -> command(bhs, data, held);
        case TASK_MANAGEMENT -> normal().management().request(bhs);
        case TEXT -> text(bhs, data);
        case LOGOUT -> logout(bhs);
        case NOP_OUT -> ping(bhs, data);
        case DATA_OUT,
            SNACK,
            LOGIN,
            NOP_IN,
            SCSI_RESPONSE,
            TASK_MANAGEMENT_RESPONSE,
            LOGIN_RESPONSE,
            TEXT_RESPONSE,
            DATA_IN,
            LOGOUT_RESPONSE,
            R2T,
            ASYNC_MESSAGE,
            REJECT,
            UNKNOWN -> {
          // not numbered: never comes here
        }
      }
    } catch (ProtocolViolation e) {
      connection.violated(e, bhs);
    }
  }

  private Scsi normal() {
    return scsi.orElseThrow(() ->
        ProtocolViolation.reject(
            RejectReason.COMMAND_NOT_SUPPORTED, "SCSI in a discovery session"));
  }

  private void command(Bhs bhs, ByteBuf data, Optional<HeldCommand> held) {
    TaskTable tasks = normal().tasks();
    if (held.isPresent()) {
      tasks.held(held.get());
    } else {
      tasks.command(bhs, data);
    }
  }

  private void dataOut(Bhs bhs, ByteBuf data) {
    TaskTable tasks = normal().tasks();
    Optional<HeldCommand> early = order.task(bhs.initiatorTaskTag());
    if (early.isPresent()) {
      early.get().addDataOut(bhs, data, tasks.parameters().firstBurstBytes());
    } else {
      tasks.dataOut(bhs, data);
    }
  }

  private void text(Bhs bhs, ByteBuf data) {
    text.request(bhs, data);
    scsi.ifPresent(s -> s.tasks().parameters(negotiation.transferParameters()));
  }

  // ---- pings, RFC 7143 11.18 and 11.19 ----

  private void ping(Bhs bhs, ByteBuf data) {
    int echoed = Math.min(data.readableBytes(), negotiation.initiatorSegmentBytes());
    // a copy: a slice would keep the whole receive buffer until the initiator has read the answer
    ByteBuf echo = channel.alloc().directBuffer(echoed, echoed);
    writer.nopInAnswer(bhs, echo.writeBytes(data, data.readerIndex(), echoed));
  }

  private void pong(Bhs bhs) {
    if (bhs.transferTag() == pingTag) {
      pingTag = Bhs.NO_TAG;
    }
  }

  private int nextPingTag() {
    lastPingTag++;
    if (lastPingTag == Bhs.NO_TAG) {
      lastPingTag = 1;
    }
    return lastPingTag;
  }

  private Future<?> scheduleKeepalive(long nanos) {
    return channel.eventLoop().schedule(this::checkSilence, nanos, TimeUnit.NANOSECONDS);
  }

  private void checkSilence() {
    long silence = System.nanoTime() - connection.lastReadNanos();
    long idle = limits.nopIdle().toNanos();
    if (silence < idle) {
      pingTag = Bhs.NO_TAG;
      keepalive = scheduleKeepalive(idle - silence);
    } else if (pingTag == Bhs.NO_TAG) {
      pingTag = nextPingTag();
      writer.nopIn(pingTag);
      keepalive = scheduleKeepalive(limits.nopTimeout().toNanos());
    } else {
      connection.close("no answer to a ping");
    }
  }

  // ---- logout, RFC 7143 11.14 ----

  private void logout(Bhs bhs) {
    int reason = bhs.flags() & 0x7f;
    int tag = bhs.initiatorTaskTag();
    if (reason == 2) {
      writer.logoutResponse(tag, 2);
    } else if (reason == 1 && bhs.connectionId() != connectionId) {
      writer.logoutResponse(tag, 1);
    } else if (reason > 2) {
      throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "logout reason");
    } else {
      leaving = true;
      endSession(() -> {
        writer.logoutResponse(tag, 0);
        connection.finish();
      });
    }
  }

  private void endSession(Runnable done) {
    keepalive.cancel(false);
    order.close();
    if (scsi.isPresent()) {
      scsi.get().tasks().close();
      scsi.get().session().end(done);
    } else {
      done.run();
    }
  }

  // ---- the connection's life ----

  @Override
  public void violated(ProtocolViolation violation, Bhs bhs) {
    writer.reject(violation.reason(), bhs);
  }

  @Override
  public void writable() {
    scsi.ifPresent(s -> s.tasks().sendAnswers());
  }

  @Override
  public void drain(Runnable done) {
    scsi.ifPresentOrElse(s -> s.tasks().drain(done), done);
  }

  @Override
  public void closed() {
    leaving = true;
    endSession(() -> {});
  }

  /** The StatSN that the initiator expects next; what is before it has arrived there. */
  int expStatSn() {
    return expStatSn;
  }
}
