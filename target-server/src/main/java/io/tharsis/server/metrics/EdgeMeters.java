package io.tharsis.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted at the iSCSI edge, over all portals. Any thread may use it. */
public final class EdgeMeters {

  private final MeterRegistry registry;
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter accepted;
  private final Counter refused;
  private final Counter logins;
  private final Counter bytesIn;
  private final Counter bytesOut;
  private final Counter pdusIn;
  private final Counter pdusOut;
  private final Counter heldBack;

  EdgeMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("tharsis.iscsi.connections", connections, AtomicInteger::get)
        .description("Connections that are open")
        .register(registry);
    accepted = counter("connections.accepted", "Connections that were accepted");
    refused = counter("connections.refused", "Connections refused because there were too many");
    logins = counter("logins", "Logins that reached the full feature phase");
    bytesIn = bytes("received", "Bytes that initiators sent");
    bytesOut = bytes("sent", "Bytes that were sent to initiators");
    pdusIn = counter("pdus.received", "PDUs that initiators sent");
    pdusOut = counter("pdus.sent", "PDUs that were sent to initiators");
    heldBack = counter("commands.held.back", "Commands that waited for transfer memory");
  }

  private Counter counter(String name, String description) {
    return Counter.builder("tharsis.iscsi." + name).description(description).register(registry);
  }

  private Counter bytes(String name, String description) {
    return Counter.builder("tharsis.iscsi." + name)
        .description(description)
        .baseUnit("bytes")
        .register(registry);
  }

  /** A connection was accepted. */
  public void connectionOpened() {
    connections.incrementAndGet();
    accepted.increment();
  }

  /** A connection has ended. */
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  /** A connection was refused because the portal has as many as it may have. */
  public void connectionRefused() {
    refused.increment();
  }

  /** A login ended in full feature phase. */
  public void loginSucceeded() {
    logins.increment();
  }

  /** A login was refused; {@code status} is the class in the high byte, the detail in the low. */
  public void loginFailed(int status) {
    Counter.builder("tharsis.iscsi.logins.failed")
        .description("Logins that were refused, by status class and detail, RFC 7143 11.13.5")
        .tag("status", "%04x".formatted(status))
        .register(registry)
        .increment();
  }

  /** Bytes came from an initiator. */
  public void bytesIn(int bytes) {
    bytesIn.increment(bytes);
  }

  /** A PDU came. */
  public void pduIn(int opcode) {
    pdusIn.increment();
  }

  /** A PDU of so many bytes was given to the transport. */
  public void pduOut(int bytes) {
    pdusOut.increment();
    bytesOut.increment(bytes);
  }

  /** A command had to wait because the memory for transfers was used up. */
  public void commandHeldBack() {
    heldBack.increment();
  }
}
