package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One logged-in session with one logical unit, with as many commands in flight as the caller wants.
 *
 * <p>Owned by the thread that connected it, which submits and polls. Invariants: every submitted
 * command completes exactly once, inside {@link #poll}, {@link #execute}, {@link #abort} or {@link
 * #close}; a command completes as GOOD only if the target's own GOOD was received; nothing is ever
 * sent twice, because libiscsi's automatic reconnect is off: after the first {@link
 * ConnectionLostException} the session is over, and {@link #reconnect} makes a new one.
 */
@SuppressWarnings("restricted") // an upcall, and a text that libiscsi owns
public final class Initiator implements AutoCloseable {

  private static final int POLLIN = 1;
  private static final int POLLOUT = 4;
  private static final int SESSION_NORMAL = 2;

  /**
   * Longest single wait for the socket, so that libiscsi gets to look at its own command timeouts.
   */
  private static final int MAX_WAIT_MILLIS = 500;

  private static final int MAX_ERROR_BYTES = 4096;

  private final IscsiUrl url;
  private final InitiatorSettings settings;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment cdbBytes = arena.allocate(Cdb.MAX_BYTES);
  private final MemorySegment pollFd = arena.allocate(8, 8);
  private final Slots slots;
  private final long context;
  private final long callback;
  private final Deque<Throwable> callbackFailures = new ArrayDeque<>();
  private int completedInTurn;
  private State state = State.OPEN;

  private enum State {
    OPEN,
    LOST,
    CLOSED
  }

  private Initiator(IscsiUrl url, InitiatorSettings settings) throws IOException {
    this.url = url;
    this.settings = settings;
    slots = new Slots(settings.queueDepth(), arena);
    context = LibIscsi.createContext(arena.allocateFrom(settings.initiatorName()).address());
    if (context == 0) {
      arena.close();
      throw new IOException("libiscsi made no context for " + settings.initiatorName());
    }
    callback = upcall();
  }

  /**
   * Connects, logs in to full feature phase and, unless the settings keep them, consumes unit
   * attentions.
   *
   * @throws IOException with libiscsi's words where any of that fails
   */
  public static Initiator connect(IscsiUrl url, InitiatorSettings settings) throws IOException {
    Initiator initiator = new Initiator(url, settings);
    try {
      initiator.login();
    } catch (IOException | RuntimeException | Error e) {
      initiator.abort();
      throw e;
    }
    return initiator;
  }

  private void login() throws IOException {
    check(LibIscsi.setSessionType(context, SESSION_NORMAL), "session type");
    check(
        LibIscsi.setTargetName(context, arena.allocateFrom(url.target()).address()), "target name");
    LibIscsi.setTimeout(context, (int) settings.timeout().toSeconds());
    LibIscsi.setNoAutoReconnect(context, 1);
    if (settings.sessionQualifier() >= 0) {
      int nameHash = settings.initiatorName().hashCode() & 0xff_ffff;
      check(LibIscsi.setIsidRandom(context, nameHash, settings.sessionQualifier()), "ISID");
    }
    long portal = arena.allocateFrom(url.portal()).address();
    switch (settings.unitAttentions()) {
      case CONSUMED -> check(LibIscsi.fullConnect(context, portal, url.lun()), "connect to " + url);
      case KEPT -> {
        check(LibIscsi.connect(context, portal), "connect to " + url);
        check(LibIscsi.login(context), "login at " + url);
      }
    }
  }

  private void check(int result, String what) throws IOException {
    if (result != 0) {
      throw new IOException(what + ": " + lastError());
    }
  }

  private String lastError() {
    long text = LibIscsi.getError(context);
    return text == 0
        ? "no reason given"
        : MemorySegment.ofAddress(text).reinterpret(MAX_ERROR_BYTES).getString(0).strip();
  }

  private long upcall() {
    try {
      var method =
          MethodHandles.lookup()
              .bind(
                  this,
                  "onCompletion",
                  MethodType.methodType(void.class, long.class, int.class, long.class, long.class));
      return Linker.nativeLinker().upcallStub(method, LibIscsi.CALLBACK, arena).address();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where this session is logged in. */
  public IscsiUrl url() {
    return url;
  }

  /** Most commands in flight at once. */
  public int queueDepth() {
    return settings.queueDepth();
  }

  /** Commands submitted and not completed. */
  public int inFlight() {
    return slots.busyCount();
  }

  /**
   * Whether {@link #submit} would be refused because the queue depth of the settings is reached.
   */
  public boolean isFull() {
    return slots.isFull();
  }

  /**
   * Queues one command; it goes out with the next {@link #poll}.
   *
   * @param token handed back to the completion
   * @throws IllegalStateException where the queue depth is exceeded or the session is over
   */
  public void submit(Cdb cdb, Payload payload, Completion completion, long token) {
    requireOpen();
    int slot = slots.take(completion, token);
    cdb.copyTo(cdbBytes);
    long task =
        LibIscsi.createTask(
            cdb.length(), cdbBytes.address(), payload.direction().code(), payload.length());
    switch (payload.direction()) {
      case NONE -> {}
      case IN -> LibIscsi.setIovIn(task, slots.iovec(slot, payload.memory()), 1);
      case OUT -> LibIscsi.setIovOut(task, slots.iovec(slot, payload.memory()), 1);
    }
    // The private data names the slot, which knows the task: a cancelled command's callback is
    // given none.
    if (LibIscsi.command(context, url.lun(), task, callback, slots.bind(slot, task)) != 0) {
      slots.giveBack(slot);
      LibIscsi.freeTask(task);
      throw new IllegalStateException("libiscsi refused " + cdb + ": " + lastError());
    }
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException("the session with " + url + " is " + state);
    }
  }

  /**
   * Called by libiscsi inside {@code iscsi_service} and {@code iscsi_destroy_context}; must not
   * throw.
   */
  @SuppressWarnings("unused") // through the upcall stub
  private void onCompletion(long ignoredContext, int status, long ignoredData, long slot) {
    try {
      long task = slots.task((int) slot);
      CommandResult result = NativeTask.result(task, status);
      LibIscsi.freeTask(task);
      if (result.status() == CommandStatus.LOST && state == State.OPEN) {
        state = State.LOST;
      }
      if (slots.complete((int) slot, result)) {
        completedInTurn++;
      }
    } catch (Throwable t) { // would end the JVM: it goes on in poll()
      callbackFailures.add(t);
    }
  }

  /**
   * Sends what is queued, receives what has arrived, waiting for something to arrive while nothing
   * completes.
   *
   * @param timeoutMillis longest wait for the first completion; 0 only looks
   * @return commands completed in this turn
   * @throws ConnectionLostException after everything in flight completed as {@link
   *     CommandStatus#LOST}
   */
  public int poll(int timeoutMillis) throws ConnectionLostException {
    requireOpen();
    completedInTurn = 0;
    if ((LibIscsi.whichEvents(context) & POLLOUT) != 0) {
      service(POLLOUT);
    }
    if (state == State.OPEN && completedInTurn == 0) {
      service(await(Math.min(timeoutMillis, MAX_WAIT_MILLIS)));
    }
    if (!callbackFailures.isEmpty()) {
      throw new IllegalStateException("a completion failed", callbackFailures.remove());
    }
    if (state == State.LOST) {
      throw lost();
    }
    return completedInTurn;
  }

  private void service(int events) {
    if (LibIscsi.service(context, events) != 0 || LibIscsi.getFd(context) < 0) {
      state = State.LOST;
    }
  }

  private int await(int timeoutMillis) {
    pollFd.set(JAVA_INT, 0, LibIscsi.getFd(context));
    pollFd.set(JAVA_SHORT, 4, (short) (LibIscsi.whichEvents(context) | POLLIN));
    pollFd.set(JAVA_SHORT, 6, (short) 0);
    return LibIscsi.poll(pollFd, timeoutMillis) > 0 ? pollFd.get(JAVA_SHORT, 6) & 0xffff : 0;
  }

  private ConnectionLostException lost() {
    slots.completeAll(CommandResult.LOST);
    return new ConnectionLostException("connection to " + url + " lost: " + lastError());
  }

  /** Polls until nothing is in flight. */
  public void drain() throws ConnectionLostException {
    while (inFlight() > 0) {
      poll(MAX_WAIT_MILLIS);
    }
  }

  /**
   * One command from submission to its end; others in flight may complete meanwhile.
   *
   * @throws ConnectionLostException where the connection broke first
   */
  public CommandResult execute(Cdb cdb, Payload payload) throws ConnectionLostException {
    CommandResult[] answer = {CommandResult.LOST};
    boolean[] done = {false};
    submit(
        cdb,
        payload,
        (_, result) -> {
          answer[0] = result;
          done[0] = true;
        },
        0);
    while (!done[0]) {
      poll(MAX_WAIT_MILLIS);
    }
    return answer[0];
  }

  /** A fresh session with the same settings; this one is cut off first if it still stands. */
  public Initiator reconnect() throws IOException {
    abort();
    return connect(url, settings);
  }

  /**
   * Closes the socket without a logout, as a crashed initiator would; what is in flight completes
   * as LOST.
   */
  public void abort() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    LibIscsi.disconnect(context);
    slots.completeAll(CommandResult.LOST);
    // Calls back for every task it still holds; their slots are free by now, so that only frees the
    // tasks.
    LibIscsi.destroyContext(context);
    arena.close();
  }

  /** Logs out and closes; what is in flight completes as LOST. */
  @Override
  public void close() {
    if (state == State.OPEN) {
      LibIscsi.logout(context);
    }
    abort();
  }
}
