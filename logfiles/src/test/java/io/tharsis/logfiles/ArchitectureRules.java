package io.tharsis.logfiles;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The rules of the house that bytecode can show; every module's {@code ArchitectureTest} picks
 * those that bind it.
 *
 * <p>The loop rule: code that decides anything runs on one injected owner and reaches the world
 * only through seams, so that a simulator can run the very same classes from one seed. What would
 * let time, threads, the host or an unspecified order in beside the seams is forbidden here. What
 * bytecode hides (a {@code synchronized} block) is left to the reader.
 */
public final class ArchitectureRules {

  private static final Pattern DRAWER =
      Pattern.compile(".*(Manager|Helper|Utils?|Impl|Common)(?![a-z]).*");
  private static final Set<String> DRAWER_PACKAGES =
      Set.of("common", "util", "utils", "impl", "helper", "helpers", "manager", "managers");

  private static final DescribedPredicate<JavaClass> THREADS =
      type(Thread.class)
          .or(type(ThreadGroup.class))
          .or(assignableTo(ExecutorService.class))
          .or(assignableTo(Future.class))
          .or(assignableTo(BlockingQueue.class))
          .or(resideInAPackage("java.util.concurrent.locks.."))
          .or(
              named(
                  "java.lang.ref.Cleaner",
                  "java.util.Timer",
                  "java.util.TimerTask",
                  "java.util.concurrent.CompletionStage",
                  "java.util.concurrent.CountDownLatch",
                  "java.util.concurrent.CyclicBarrier",
                  "java.util.concurrent.Exchanger",
                  "java.util.concurrent.Executors",
                  "java.util.concurrent.Phaser",
                  "java.util.concurrent.Semaphore"))
          .as("threads, locks, waiting, cleaners or completions outside the owner's queue");

  private static final DescribedPredicate<JavaClass> HOST =
      resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
          .and(not(assignableTo(IOException.class)))
          .and(not(assignableTo(UncheckedIOException.class)))
          .and(
              not(
                  named(
                      "java.io.Closeable",
                      "java.io.Flushable",
                      "java.io.Serializable",
                      "java.net.InetSocketAddress",
                      "java.net.SocketAddress",
                      "java.net.URI")))
          .as("files, channels, streams or sockets of the host");

  /** Calls by owner and method name; a name that ends in {@code *} stands for all that begin so. */
  private static final List<Call> UNREPEATABLE_CALLS =
      List.of(
          new Call("java.lang.System", "nanoTime"),
          new Call("java.lang.System", "currentTimeMillis"),
          new Call("java.lang.System", "identityHashCode"),
          new Call("java.lang.Object", "wait"),
          new Call("java.lang.Object", "notify*"),
          new Call("java.lang.Math", "random"),
          new Call("java.util.UUID", "randomUUID"),
          new Call("java.util.Set", "of"),
          new Call("java.util.Set", "copyOf"),
          new Call("java.util.Map", "of*"),
          new Call("java.util.Map", "copyOf"),
          new Call("java.util.stream.Collectors", "toUnmodifiableSet"),
          new Call("java.util.stream.Collectors", "toUnmodifiableMap"),
          new Call("java.util.Collection", "parallelStream"),
          new Call("java.util.stream.BaseStream", "parallel"),
          new Call("java.util.random.RandomGenerator", "getDefault"),
          new Call("java.util.random.RandomGenerator", "of"),
          new Call("java.time.Clock", "system*"),
          new Call("java.time.Clock", "tick*"));

  private ArchitectureRules() {}

  /**
   * A module's arrows: its classes depend on the JDK, on themselves and on nothing but what is
   * named.
   *
   * @param module the module's root package
   * @param allowed package patterns beside {@code java..} and the module itself
   * @return the rule
   */
  public static ArchRule arrows(String module, String... allowed) {
    return classes()
        .that()
        .resideInAPackage(module + "..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed)
                .or(resideInAnyPackage(module + "..", "java..", "javax.."))
                .or(describe("are primitive", c -> c.getBaseComponentType().isPrimitive())))
        .because("arrows between modules point one way")
        .allowEmptyShould(true);
  }

  /**
   * The half of the loop rule about what a class may know: no thread, lock or wait, and nothing of
   * the host.
   *
   * @param bound the packages the rule binds
   * @param free packages among those that are the rim, where the real host is touched
   * @return the rule
   */
  public static ArchRule seamsOnly(String bound, String... free) {
    return noClasses()
        .that(resideInAPackage(bound).and(not(resideInAnyPackage(free))))
        .should()
        .dependOnClassesThat(THREADS.or(HOST))
        .because("the owner has no thread of its own and reaches the world only through seams")
        .allowEmptyShould(true);
  }

  /**
   * The half of the loop rule about what a class may call: no clock, chance, identity or
   * unspecified order, because the same seed must give the same run.
   *
   * @param bound the packages the rule binds
   * @param free packages among those that are the rim, where the real host is touched
   * @return the rule
   */
  public static ArchRule repeatable(String bound, String... free) {
    return classes()
        .that(resideInAPackage(bound).and(not(resideInAnyPackage(free))))
        .should(callNothingUnrepeatable())
        .because("the same seed must give the same run")
        .allowEmptyShould(true);
  }

  /**
   * No drawers: neither class nor package is called manager, helper, util, impl or common.
   *
   * @param module the module's root package
   * @return the rule
   */
  public static ArchRule noDrawers(String module) {
    return noClasses()
        .that()
        .resideInAPackage(module + "..")
        .should(
            ArchCondition.from(
                describe("be named like a drawer", ArchitectureRules::isNamedLikeADrawer)))
        .because("a noun that says nothing collects everything")
        .allowEmptyShould(true);
  }

  /**
   * Every package says what it owns.
   *
   * @param module the module's root package
   * @return the rule
   */
  public static ArchRule packagesAreExplained(String module) {
    return classes()
        .that()
        .resideInAPackage(module + "..")
        .should(
            ArchCondition.from(
                describe(
                    "be in a package with a package-info",
                    c -> c.getPackage().tryGetPackageInfo().isPresent())))
        .because("every package-info says what the package owns")
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> set = Set.of(names);
    return describe(
        "one of " + new TreeSet<>(set), c -> set.contains(c.getBaseComponentType().getName()));
  }

  private static boolean isNamedLikeADrawer(JavaClass candidate) {
    return DRAWER.matcher(candidate.getSimpleName()).matches()
        || List.of(candidate.getPackageName().split("\\.", -1)).stream()
            .anyMatch(DRAWER_PACKAGES::contains);
  }

  private static ArchCondition<JavaClass> callNothingUnrepeatable() {
    return new ArchCondition<>("call nothing that differs from run to run") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        for (JavaAccess<?> access : item.getAccessesFromSelf()) {
          if (isUnrepeatable(access)) {
            events.add(SimpleConditionEvent.violated(item, access.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isUnrepeatable(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    return UNREPEATABLE_CALLS.stream().anyMatch(call -> call.covers(owner, name))
        || isNow(owner, name)
        || isChance(access)
        || isShuffleWithoutSource(access);
  }

  private static boolean isNow(JavaClass owner, String name) {
    return owner.getPackageName().startsWith("java.time") && name.equals("now");
  }

  /** Random with a seed is the simulator's own; without one, or shared, it is chance. */
  private static boolean isChance(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return owner.isEquivalentTo(java.security.SecureRandom.class)
        || owner.isEquivalentTo(java.util.concurrent.ThreadLocalRandom.class)
        || (owner.isAssignableTo(RandomGenerator.class)
            && access.getTarget().getName().equals("<init>")
            && access.getTarget().getFullName().endsWith("()"));
  }

  private static boolean isShuffleWithoutSource(JavaAccess<?> access) {
    return access.getTarget().getFullName().equals("java.util.Collections.shuffle(java.util.List)");
  }

  /** A method of a class, or of what is assignable to it. */
  private record Call(String owner, String name) {
    boolean covers(JavaClass target, String called) {
      boolean sameName =
          name.endsWith("*")
              ? called.startsWith(name.substring(0, name.length() - 1))
              : called.equals(name);
      return sameName && target.isAssignableTo(owner);
    }
  }
}
