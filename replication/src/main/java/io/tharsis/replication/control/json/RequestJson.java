package io.tharsis.replication.control.json;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.RequestForm;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Requests in JSON: what is sent to {@code /v1/VERB}. The verb itself is not in it. */
public final class RequestJson {

  private static final String RESOURCE = "resource";
  private static final String DISK = "disk";
  private static final String HOST = "host";
  private static final String SIZE = "sizeBytes";
  private static final String ACCEPT_LOSS = "acceptLoss";
  private static final String LOCAL = "local";
  private static final String EXPORT = "export";
  private static final String PASS_PHRASE = "passPhrase";
  private static final String PAUSE_BUDGET = "pauseBudgetMillis";
  private static final String BRANCH = "branch";
  private static final String DEADLINE = "deadlineMillis";
  private static final String DRY_RUN = "dryRun";

  private RequestJson() {}

  /** The text of a request. */
  public static String write(Request request) {
    return JsonText.write(
        command(request.command())
            .with(DEADLINE, request.deadline())
            .with(DRY_RUN, request.dryRun()));
  }

  private static Json.Fields command(Command command) {
    Json.Fields json =
        command instanceof Command.OnResource about
            ? Json.Fields.empty().with(RESOURCE, about.resource())
            : Json.Fields.empty();
    return switch (command) {
      case Command.CreateCluster all -> json;
      case Command.CreateToken(Duration validFor) -> json.with("validMillis", validFor);
      case Command.JoinCluster(String peer, String token) ->
          json.with("peer", peer).with("token", token);
      case Command.LeaveCluster(Optional<String> host, boolean local, boolean acceptLoss) ->
          json.withSome(HOST, host).with(LOCAL, local).with(ACCEPT_LOSS, acceptLoss);
      case Command.CaExport(String passPhrase) -> json.with(PASS_PHRASE, passPhrase);
      case Command.CaImport(String export, String passPhrase) ->
          json.with(EXPORT, export).with(PASS_PHRASE, passPhrase);
      case Command.CreateResource(
              String name,
              String disk,
              OptionalLong size,
              WriteCacheMode writeCache) ->
          json.with(DISK, disk).withSome(SIZE, size).with("writeCache", writeCache.word());
      case Command.JoinResource(String name, String disk) -> json.with(DISK, disk);
      case Command.LeaveResource(String name, Optional<String> host, boolean acceptLoss) ->
          json.withSome(HOST, host).with(ACCEPT_LOSS, acceptLoss);
      case Command.DeleteResource(String name, boolean local, boolean acceptLoss) ->
          json.with(LOCAL, local).with(ACCEPT_LOSS, acceptLoss);
      case Command.Invalidate(String name, boolean acceptLoss) ->
          json.with(ACCEPT_LOSS, acceptLoss);
      case Command.Resize(String name, long sizeBytes) -> json.with(SIZE, sizeBytes);
      case Command.Primary(
              String name,
              boolean force,
              boolean acceptLoss,
              Optional<Duration> pauseBudget) ->
          json.with("force", force)
              .with(ACCEPT_LOSS, acceptLoss)
              .withSpan(PAUSE_BUDGET, pauseBudget);
      case Command.Secondary all -> json;
      case Command.AttachClient all -> json;
      case Command.DetachClient all -> json;
      case Command.SetMode(String name, ReplicationMode mode) -> ModeJson.write(mode, json);
      case Command.SetPolicy(String name, Optional<OnSplit> onSplit, OptionalInt days) ->
          json.withSome(PolicyJson.ON_SPLIT, onSplit.map(OnSplit::word))
              .withSome(
                  PolicyJson.KEEP_BRANCH_DAYS,
                  days.isPresent() ? OptionalLong.of(days.getAsInt()) : OptionalLong.empty());
      case Command.DeleteBranch(String name, String branch) -> json.with(BRANCH, branch);
      case Command.Turn all -> json;
      case Command.LogRotate all -> json;
      case Command.LogDelete all -> json;
      case Command.WaitResource(String name, WaitState state, Optional<String> host) ->
          json.with("state", state.word()).withSome(HOST, host);
      case Command.Verify(String name, boolean repair) -> json.with("repair", repair);
    };
  }

  /**
   * Reads a request.
   *
   * @param verb its verb
   * @param text what {@link #write} makes
   * @throws RefusedException if the verb is unknown or something in the text is; the form of names
   *     and sizes is {@link RequestForm}'s matter, but for the deadline's
   */
  public static Request read(String verb, String text) throws RefusedException {
    try {
      Json.Fields json = JsonText.parse(text);
      Command command = command(verb, json);
      Duration deadline = json.millis(DEADLINE);
      Optional<Refusal> objection = RequestForm.objection(deadline);
      if (objection.isPresent()) {
        throw objection.get().thrown();
      }
      json.refuseOthers(known(command));
      return new Request(command, deadline, json.optionalBool(DRY_RUN));
    } catch (MalformedJsonException malformed) {
      throw Refusal.usage(
              "malformed-request",
              "the request for " + verb + " cannot be understood: " + malformed.getMessage(),
              "the form in docs/reference/admin-api.md")
          .thrown();
    }
  }

  private static Refusal unknownVerb(String verb) {
    return Refusal.usage(
        "unknown-verb",
        "this node knows no verb '" + verb + "'",
        "tharsis --help; a newer command line needs a newer node");
  }

  /** What a command writes is what may be read of it. */
  private static List<String> known(Command command) {
    List<String> names = new ArrayList<>(command(command).fields().keySet());
    names.addAll(List.of(DEADLINE, DRY_RUN));
    return names;
  }

  private static Command command(String verb, Json.Fields json)
      throws MalformedJsonException, RefusedException {
    return switch (verb) {
      case "create-cluster" -> new Command.CreateCluster();
      case "create-token" -> new Command.CreateToken(json.millis("validMillis"));
      case "join-cluster" -> new Command.JoinCluster(json.text("peer"), json.text("token"));
      case "leave-cluster" ->
          new Command.LeaveCluster(
              json.optionalText(HOST), json.optionalBool(LOCAL), json.optionalBool(ACCEPT_LOSS));
      case "ca-export" -> new Command.CaExport(json.text(PASS_PHRASE));
      case "ca-import" -> new Command.CaImport(json.text(EXPORT), json.text(PASS_PHRASE));
      case "create-resource" ->
          new Command.CreateResource(
              json.text(RESOURCE), json.text(DISK), json.optionalNumber(SIZE), writeCache(json));
      case "join-resource" -> new Command.JoinResource(json.text(RESOURCE), json.text(DISK));
      case "leave-resource" ->
          new Command.LeaveResource(
              json.text(RESOURCE), json.optionalText(HOST), json.optionalBool(ACCEPT_LOSS));
      case "delete-resource" ->
          new Command.DeleteResource(
              json.text(RESOURCE), json.optionalBool(LOCAL), json.optionalBool(ACCEPT_LOSS));
      case "invalidate" ->
          new Command.Invalidate(json.text(RESOURCE), json.optionalBool(ACCEPT_LOSS));
      case "resize" -> new Command.Resize(json.text(RESOURCE), json.number(SIZE));
      case "primary" ->
          new Command.Primary(
              json.text(RESOURCE),
              json.optionalBool("force"),
              json.optionalBool(ACCEPT_LOSS),
              json.optionalMillis(PAUSE_BUDGET));
      case "secondary" -> new Command.Secondary(json.text(RESOURCE));
      case "attach-client" -> new Command.AttachClient(json.text(RESOURCE));
      case "detach-client" -> new Command.DetachClient(json.text(RESOURCE));
      case "set-mode" -> new Command.SetMode(json.text(RESOURCE), ModeJson.read(json));
      case "set-policy" ->
          new Command.SetPolicy(json.text(RESOURCE), onSplit(json), keepBranchDays(json));
      case "delete-branch" -> new Command.DeleteBranch(json.text(RESOURCE), json.text(BRANCH));
      case "log-rotate" -> new Command.LogRotate(json.text(RESOURCE));
      case "log-delete" -> new Command.LogDelete(json.text(RESOURCE));
      case "wait-resource" ->
          new Command.WaitResource(json.text(RESOURCE), waitState(json), json.optionalText(HOST));
      case "verify" -> new Command.Verify(json.text(RESOURCE), json.optionalBool("repair"));
      default -> {
        SwitchVerb which = switchVerb(verb);
        yield new Command.Turn(json.text(RESOURCE), which);
      }
    };
  }

  private static SwitchVerb switchVerb(String verb) throws RefusedException {
    return Stream.of(SwitchVerb.values())
        .filter(one -> one.word().equals(verb))
        .findFirst()
        .orElseThrow(() -> unknownVerb(verb).thrown());
  }

  private static WriteCacheMode writeCache(Json.Fields json) throws MalformedJsonException {
    String word = json.has("writeCache") ? json.text("writeCache") : WriteCacheMode.DURABLE.word();
    return Stream.of(WriteCacheMode.values())
        .filter(mode -> mode.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new MalformedJsonException("'" + word + "' is no write cache"));
  }

  private static Optional<OnSplit> onSplit(Json.Fields json) throws MalformedJsonException {
    return json.has(PolicyJson.ON_SPLIT) ? Optional.of(PolicyJson.onSplit(json)) : Optional.empty();
  }

  /** How many can be is {@link RequestForm}'s matter. */
  private static OptionalInt keepBranchDays(Json.Fields json) throws MalformedJsonException {
    OptionalLong days = json.optionalNumber(PolicyJson.KEEP_BRANCH_DAYS);
    return days.isPresent()
        ? OptionalInt.of((int) Math.min(days.getAsLong(), Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  private static WaitState waitState(Json.Fields json) throws MalformedJsonException {
    String word = json.text("state");
    return WaitState.of(word)
        .orElseThrow(() -> new MalformedJsonException("'" + word + "' is no state to wait for"));
  }
}
