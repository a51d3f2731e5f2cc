package io.tharsis.server.admin;

import io.tharsis.replication.control.NodeControl;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.RequestForm;
import io.tharsis.replication.control.json.OutcomeJson;
import io.tharsis.replication.control.json.RequestJson;
import io.tharsis.replication.control.json.ViewJson;
import io.tharsis.replication.control.view.ClusterView;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * What the paths of the admin API mean: a request in, an answer out, whatever serves it. Called by
 * many threads at once; each call blocks for as long as its verb does.
 */
final class AdminApi {

  /** The longest body of a request. */
  static final int MAX_BODY_BYTES = 256 << 10;

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.admin");

  private static final String ROOT = "/v1/";
  private static final String VIEW = "view";
  private static final String BEARER = "Bearer ";
  private static final String FORM = "docs/reference/admin-api.md, which tells every path";

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int TOO_LARGE = 413;
  private static final int BUG = 500;

  /**
   * A request as the server got it.
   *
   * @param method GET, POST or what else was sent
   * @param path without the query
   * @param resource {@code ?resource=}
   * @param authorization the header field
   * @param body at most one byte more than is allowed
   */
  record Call(
      String method,
      String path,
      Optional<String> resource,
      Optional<String> authorization,
      byte[] body) {}

  private final NodeControl control;
  private final byte[] authorization;

  AdminApi(NodeControl control, String token) {
    this.control = control;
    this.authorization = (BEARER + token).getBytes(StandardCharsets.UTF_8);
  }

  /** Answers, whatever was sent. */
  Answer answer(Call call) {
    if (!isAllowed(call)) {
      return Answer.refused(
          UNAUTHORIZED,
          Refusal.host(
              "unauthorized",
              "the request does not carry the token of this node",
              "the token in the file admin of the node's data directory"));
    }
    if (!call.path.startsWith(ROOT) || call.path.indexOf('/', ROOT.length()) >= 0) {
      return Answer.refused(
          NOT_FOUND, Refusal.usage("unknown-path", "there is nothing at " + call.path, FORM));
    }
    String verb = call.path.substring(ROOT.length());
    String method = verb.equals(VIEW) ? "GET" : "POST";
    if (!call.method.equals(method)) {
      return Answer.refused(
          METHOD_NOT_ALLOWED,
          Refusal.usage("wrong-method", call.path + " takes " + method + " only", FORM));
    }
    try {
      return verb.equals(VIEW) ? view(call) : execute(verb, call);
    } catch (RefusedException refused) {
      return Answer.refused(refused.refusals());
    } catch (RuntimeException bug) {
      // The root of the request's thread: the caller learns that it failed, the diagnostics why.
      LOG.log(System.Logger.Level.ERROR, "the admin API failed at " + call.path, bug);
      return Answer.refused(
          BUG,
          Refusal.host(
              "bug",
              "the node failed at " + verb + ", by a fault of its own",
              "the diagnostics of the node, which tell where; please report it"));
    }
  }

  private boolean isAllowed(Call call) {
    return call.authorization
        .map(text -> MessageDigest.isEqual(authorization, text.getBytes(StandardCharsets.UTF_8)))
        .orElse(false);
  }

  private Answer view(Call call) throws RefusedException {
    ClusterView all = control.view();
    return Answer.ok(
        ViewJson.write(call.resource.isPresent() ? all.only(call.resource.get()) : all));
  }

  private Answer execute(String verb, Call call) throws RefusedException {
    if (call.body.length > MAX_BODY_BYTES) {
      return Answer.refused(
          TOO_LARGE,
          Refusal.usage(
              "too-large", "the request is longer than " + MAX_BODY_BYTES + " bytes", FORM));
    }
    Request request = RequestJson.read(verb, text(verb, call.body));
    List<Refusal> objections = RequestForm.objections(request.command());
    if (!objections.isEmpty()) {
      throw new RefusedException(objections);
    }
    return Answer.ok(OutcomeJson.write(control.execute(request)));
  }

  private static String text(String verb, byte[] body) throws RefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException other) {
      throw Refusal.usage("malformed-request", "the request for " + verb + " is no UTF-8", FORM)
          .thrown();
    }
  }
}
