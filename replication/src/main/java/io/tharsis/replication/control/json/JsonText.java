package io.tharsis.replication.control.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** JSON as text, for people to read, and back. */
final class JsonText {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 64 << 10;
  private static final int MAX_NAME = 256;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(MAX_NAME)
                  .build())
          .build();

  private JsonText() {}

  static String write(Json.Fields json) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.setPrettyPrinter(
          new DefaultPrettyPrinter()
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));
      write(json, out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.append('\n').toString();
  }

  private static void write(Json json, JsonGenerator out) throws IOException {
    switch (json) {
      case Json.Text(String value) -> out.writeString(value);
      case Json.Whole(long value) -> out.writeNumber(value);
      case Json.Bool(boolean value) -> out.writeBoolean(value);
      case Json.Array(List<Json> values) -> {
        out.writeStartArray();
        for (Json value : values) {
          write(value, out);
        }
        out.writeEndArray();
      }
      case Json.Fields(SequencedMap<String, Json> fields) -> {
        out.writeStartObject();
        for (Map.Entry<String, Json> field : fields.entrySet()) {
          out.writeFieldName(field.getKey());
          write(field.getValue(), out);
        }
        out.writeEndObject();
      }
    }
  }

  /** Reads one object and nothing behind it. */
  static Json.Fields parse(String text) throws MalformedJsonException {
    try (JsonParser in = FACTORY.createParser(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedJsonException("it is no JSON object");
      }
      Json.Fields object = object(in);
      if (in.nextToken() != null) {
        throw new MalformedJsonException("something stands behind the object");
      }
      return object;
    } catch (MalformedJsonException malformed) {
      throw malformed;
    } catch (JsonProcessingException malformed) {
      throw new MalformedJsonException("it is no JSON: " + malformed.getOriginalMessage());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static Json.Fields object(JsonParser in) throws IOException {
    SequencedMap<String, Json> fields = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      fields.put(name, value(in));
    }
    return new Json.Fields(fields);
  }

  private static Json value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_STRING -> new Json.Text(in.getText());
      case VALUE_NUMBER_INT -> new Json.Whole(in.getLongValue());
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case START_OBJECT -> object(in);
      case START_ARRAY -> {
        List<Json> values = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(in));
        }
        yield new Json.Array(values);
      }
      case VALUE_NUMBER_FLOAT, VALUE_NULL, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw unexpected(in);
      case END_OBJECT, END_ARRAY, FIELD_NAME -> throw unexpected(in);
    };
  }

  private static MalformedJsonException unexpected(JsonParser in) {
    return new MalformedJsonException(
        "line " + in.currentLocation().getLineNr() + " has a value that is never used here");
  }
}
