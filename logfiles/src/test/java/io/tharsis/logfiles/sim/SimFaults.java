package io.tharsis.logfiles.sim;

import java.util.EnumMap;
import java.util.Map;

/**
 * Which faults strike the operations of one disk or directory: the next ones by script, others by
 * chance, and how often it happened. Without orders, none.
 */
public final class SimFaults {

  private final SimRandom random;
  private final Map<Fault, Integer> scripted = new EnumMap<>(Fault.class);
  private final Map<Fault, Double> chances = new EnumMap<>(Fault.class);
  private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);

  SimFaults(SimRandom random) {
    this.random = random;
  }

  /** The next operation that this fault can strike suffers it. */
  public SimFaults next(Fault fault) {
    return next(fault, 1);
  }

  /** The next {@code times} operations that this fault can strike suffer it. */
  public SimFaults next(Fault fault, int times) {
    scripted.merge(fault, times, Integer::sum);
    return this;
  }

  /** From now on the fault strikes with this probability; 0 switches it off. */
  public SimFaults chance(Fault fault, double probability) {
    chances.put(fault, probability);
    return this;
  }

  /** No faults from now on. What they have done stays. */
  public void heal() {
    scripted.clear();
    chances.clear();
  }

  /** How often the fault has struck. */
  public int happened(Fault fault) {
    return happened.getOrDefault(fault, 0);
  }

  boolean strikes(Fault fault) {
    if (!decide(fault)) {
      return false;
    }
    happened.merge(fault, 1, Integer::sum);
    return true;
  }

  private boolean decide(Fault fault) {
    int left = scripted.getOrDefault(fault, 0);
    if (left > 0) {
      scripted.put(fault, left - 1);
      return true;
    }
    double chance = chances.getOrDefault(fault, 0.0);
    return chance > 0 && random.chance(chance);
  }
}
