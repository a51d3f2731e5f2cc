package io.tharsis.replication.simnet;

import io.tharsis.logfiles.sim.SimRandom;
import java.util.EnumMap;
import java.util.Map;

/** Which faults strike: the next ones by script, others by chance. Without orders, none. */
public final class NetFaults {

  private final SimRandom random;
  private final Map<NetFault, Integer> scripted = new EnumMap<>(NetFault.class);
  private final Map<NetFault, Double> chances = new EnumMap<>(NetFault.class);
  private final Map<NetFault, Integer> happened = new EnumMap<>(NetFault.class);

  NetFaults(SimRandom random) {
    this.random = random;
  }

  /** The next occasion of this fault is taken. */
  public NetFaults next(NetFault fault) {
    scripted.merge(fault, 1, Integer::sum);
    return this;
  }

  /** From now on the fault strikes with this probability per piece, or per dialling. */
  public NetFaults chance(NetFault fault, double probability) {
    chances.put(fault, probability);
    return this;
  }

  /** No faults from now on. What they have done stays. */
  public void heal() {
    scripted.clear();
    chances.clear();
  }

  /** How often it has struck. */
  public int happened(NetFault fault) {
    return happened.getOrDefault(fault, 0);
  }

  boolean strikes(NetFault fault) {
    int left = scripted.getOrDefault(fault, 0);
    boolean strikes = left > 0 || random.chance(chances.getOrDefault(fault, 0.0));
    if (left > 0) {
      scripted.put(fault, left - 1);
    }
    if (strikes) {
      happened.merge(fault, 1, Integer::sum);
    }
    return strikes;
  }
}
