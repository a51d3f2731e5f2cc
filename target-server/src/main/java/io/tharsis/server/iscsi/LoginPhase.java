package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A connection before the end of login, RFC 7143 6.3, 11.12 and 11.13: security negotiation without
 * authentication, operational negotiation, and the way into a session. Owned by its connection, on
 * the portal's loop; the last request is answered on the loop of the target.
 */
final class LoginPhase implements Phase {

  private static final int TRANSIT = 0x80;
  private static final int CONTINUE = 0x40;
  private static final int SECURITY = 0;
  private static final int OPERATIONAL = 1;
  private static final int FULL_FEATURE = 3;
  private static final int MAX_RESPONSE_BYTES = 8192;
  private static final int MAX_NAME_CHARS = 223;

  private final IscsiConnection connection;
  private final Channel channel;
  private final IscsiPortal.Settings settings;
  private final Negotiation negotiation = new Negotiation();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  private Optional<Identity> identity = Optional.empty();
  private Optional<IscsiTarget> target = Optional.empty();
  private int requests;
  private int stage = SECURITY;
  private boolean declared;
  private boolean named;
  private int statSn;

  /** What all requests of a login have in common. */
  private record Identity(long isid, int tsih, int connectionId) {
    static Identity of(Bhs bhs) {
      return new Identity(bhs.isid(), bhs.tsih(), bhs.connectionId());
    }
  }

  /** The login is refused. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final LoginStatus status;

    Refused(LoginStatus status, String why) {
      super(why, null, false, false);
      this.status = status;
    }
  }

  LoginPhase(IscsiConnection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
    this.settings = connection.settings();
  }

  @Override
  public void pdu(Bhs bhs, ByteBuf data) {
    try {
      request(bhs, data);
    } catch (Refused e) {
      refuse(bhs, e.status, e.getMessage());
    }
  }

  private void request(Bhs bhs, ByteBuf data) throws Refused {
    if (bhs.opcode() != Opcode.LOGIN) {
      throw new Refused(LoginStatus.INVALID_DURING_LOGIN, "not a Login Request");
    }
    check(bhs);
    if (text.size() + data.readableBytes() > settings.limits().login().textBytes()) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "login text too long");
    }
    text.writeBytes(ByteBufUtil.getBytes(data));
    if ((bhs.flags() & CONTINUE) != 0) {
      respond(bhs, stage << 2, 0, new byte[0]);
      return;
    }
    List<TextKeys.Pair> answers = negotiate();
    boolean transit = (bhs.flags() & TRANSIT) != 0;
    if (!named) {
      identify();
      named = true;
      if (target.isPresent()) {
        String tag = Integer.toString(target.get().portalGroup());
        answers.add(new TextKeys.Pair(NegotiationKey.TARGET_PORTAL_GROUP_TAG.text(), tag));
      }
    }
    if (stage == OPERATIONAL && !declared) {
      declared = true;
      String bytes = Integer.toString(Negotiation.MAX_RECV_DATA_SEGMENT_BYTES);
      answers.add(new TextKeys.Pair(NegotiationKey.MAX_RECV_DATA_SEGMENT_LENGTH.text(), bytes));
    }
    answer(bhs, transit, answers);
  }

  private void check(Bhs bhs) throws Refused {
    if (++requests > settings.limits().login().pdus()) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "too many Login Requests");
    }
    if (bhs.versionMin() > 0) {
      throw new Refused(LoginStatus.UNSUPPORTED_VERSION, "version " + bhs.versionMin());
    }
    int current = bhs.flags() >> 2 & 3;
    int next = bhs.flags() & 3;
    boolean transit = (bhs.flags() & TRANSIT) != 0;
    boolean continued = (bhs.flags() & CONTINUE) != 0;
    if (identity.isEmpty()) {
      identity = Optional.of(Identity.of(bhs));
      stage = current;
    }
    if (!identity.get().equals(Identity.of(bhs))) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "ISID, TSIH or CID changed");
    }
    if (current != stage || current > OPERATIONAL) {
      throw new Refused(LoginStatus.INVALID_DURING_LOGIN, "stage " + current);
    }
    if (transit && (continued || next <= current || next == 2)) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "transit to stage " + next);
    }
  }

  private List<TextKeys.Pair> negotiate() throws Refused {
    List<TextKeys.Pair> offers =
        TextKeys.parse(text.toByteArray())
            .orElseThrow(() -> new Refused(LoginStatus.INITIATOR_ERROR, "malformed text"));
    text.reset();
    List<TextKeys.Pair> answers;
    try {
      answers = new ArrayList<>(negotiation.answer(offers));
    } catch (Negotiation.OfferedTwice e) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "offered twice: " + e.getMessage());
    }
    String method = NegotiationKey.AUTH_METHOD.text();
    if (answers.contains(new TextKeys.Pair(method, NegotiationRule.REJECT))) {
      throw new Refused(LoginStatus.AUTHENTICATION_FAILURE, "no common authentication method");
    }
    return answers;
  }

  /** Who is it, and what for; the keys of that have to be in the first request. */
  private void identify() throws Refused {
    String initiator = negotiation.value(NegotiationKey.INITIATOR_NAME);
    if (initiator.isEmpty()) {
      throw new Refused(LoginStatus.MISSING_PARAMETER, "no InitiatorName");
    }
    if (!isName(initiator)) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "InitiatorName is no iSCSI name");
    }
    if (negotiation.isDiscovery()) {
      return;
    }
    if (!negotiation.value(NegotiationKey.SESSION_TYPE).equals("Normal")) {
      throw new Refused(LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "session type");
    }
    String name = negotiation.value(NegotiationKey.TARGET_NAME);
    if (name.isEmpty()) {
      throw new Refused(LoginStatus.MISSING_PARAMETER, "no TargetName");
    }
    target = settings.directory().lookup(name.toLowerCase(Locale.ROOT), initiator);
    if (target.isEmpty()) {
      throw new Refused(LoginStatus.TARGET_NOT_FOUND, "no target " + printable(name));
    }
  }

  private static boolean isName(String name) {
    boolean typed = name.startsWith("iqn.") || name.startsWith("eui.") || name.startsWith("naa.");
    return typed && name.length() <= MAX_NAME_CHARS && name.equals(printable(name));
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x21-\\x7e\\x80-\\uffff]", "?");
  }

  private void answer(Bhs bhs, boolean transit, List<TextKeys.Pair> answers) throws Refused {
    byte[] response = TextKeys.format(answers);
    if (response.length > MAX_RESPONSE_BYTES) {
      throw new Refused(LoginStatus.INITIATOR_ERROR, "too many keys");
    }
    int next = bhs.flags() & 3;
    if (!transit) {
      respond(bhs, stage << 2, 0, response);
    } else if (next == FULL_FEATURE) {
      enterSession(bhs.copy(), response);
    } else {
      respond(bhs, TRANSIT | stage << 2 | next, 0, response);
      stage = next;
    }
  }

  // ---- into the session ----

  private void enterSession(Bhs last, byte[] response) throws Refused {
    if (target.isPresent()) {
      connection.moveTo(target.get().loop(), () -> claimSession(last, response));
    } else if (last.tsih() != 0) {
      throw new Refused(LoginStatus.SESSION_DOES_NOT_EXIST, "TSIH " + last.tsih());
    } else {
      succeed(last, response, 1, Optional.empty());
    }
  }

  /** On the target's loop. */
  private void claimSession(Bhs last, byte[] response) {
    String port =
        negotiation.value(NegotiationKey.INITIATOR_NAME)
            + String.format(Locale.ROOT, ",i,0x%012x", last.isid());
    SessionTable sessions = target.orElseThrow().sessions();
    if (last.tsih() != 0) {
      LoginStatus status =
          sessions.has(port, last.tsih())
              ? LoginStatus.TOO_MANY_CONNECTIONS
              : LoginStatus.SESSION_DOES_NOT_EXIST;
      refuse(last, status, "TSIH " + last.tsih());
      return;
    }
    sessions.claim(port, new Claim(port, last, response));
  }

  /** This login, once it wants a session. */
  private final class Claim implements SessionTable.Claim {
    private final String port;
    private final Bhs last;
    private final byte[] response;

    Claim(String port, Bhs last, byte[] response) {
      this.port = port;
      this.last = last;
      this.response = response;
    }

    @Override
    public boolean isWanted() {
      return channel.isActive() && !connection.isClosed();
    }

    @Override
    public void granted(int tsih) {
      if (isWanted()) {
        Session session = new Session(target.orElseThrow(), port, tsih, connection);
        succeed(last, response, tsih, Optional.of(session));
      }
    }

    @Override
    public void removed() {
      refuse(last, LoginStatus.TARGET_REMOVED, target.orElseThrow().name() + " is being removed");
    }

    @Override
    public void refused() {
      refuse(last, LoginStatus.OUT_OF_RESOURCES, "too many logins of " + port + " wait already");
    }
  }

  private void succeed(Bhs last, byte[] response, int tsih, Optional<Session> session) {
    respond(last, TRANSIT | stage << 2 | FULL_FEATURE, tsih, response);
    settings.metrics().loginSucceeded();
    connection.enter(
        new FullFeaturePhase.Result(
            negotiation, session, last.connectionId(), statSn, last.cmdSn()));
  }

  // ---- responses ----

  private void respond(Bhs bhs, int flags, int tsih, byte[] text) {
    ByteBuf out = response(bhs, flags, text.length);
    out.setShort(14, tsih == 0 ? bhs.tsih() : tsih);
    out.setInt(24, statSn++);
    out.writeBytes(text).writeZero(-text.length & 3);
    send(out);
  }

  private void refuse(Bhs bhs, LoginStatus status, String why) {
    settings.metrics().loginFailed(status.code());
    ByteBuf out = response(bhs, bhs.flags() & 0x0f, 0);
    out.setShort(14, bhs.tsih());
    out.setInt(24, statSn++);
    out.setShort(36, status.code());
    send(out);
    connection.close("login refused, " + why);
  }

  private ByteBuf response(Bhs bhs, int flags, int textBytes) {
    int room = Bhs.BYTES + textBytes + 3;
    ByteBuf out = channel.alloc().directBuffer(room, room);
    out.setZero(0, Bhs.BYTES);
    out.setByte(0, Opcode.LOGIN_RESPONSE.code());
    out.setByte(1, flags);
    out.setInt(4, textBytes);
    out.setLong(8, bhs.isid() << 16);
    out.setInt(16, bhs.initiatorTaskTag());
    out.setInt(28, bhs.cmdSn());
    out.setInt(32, bhs.cmdSn() + settings.limits().commands() - 1);
    return out.writerIndex(Bhs.BYTES);
  }

  private void send(ByteBuf out) {
    settings.metrics().pduOut(out.readableBytes());
    ChannelFuture _ = channel.writeAndFlush(out, channel.voidPromise());
  }

  // ---- the connection's life ----

  @Override
  public void violated(ProtocolViolation violation, Bhs bhs) {
    settings.metrics().rejected(violation.reason());
    refuse(bhs, LoginStatus.INITIATOR_ERROR, violation.getMessage());
  }

  @Override
  public void writable() {
    // login answers are few and small: they are written at once
  }

  @Override
  public void drain(Runnable done) {
    done.run();
  }

  @Override
  public void closed() {
    // nothing is held before there is a session
  }
}
