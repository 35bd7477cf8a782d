package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class GenericTypesTest {
  private final StreamExecutionEnvironment environment =
      StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());

  record Opaque(Object content) {}

  @Test
  void recordsNeedNoKryo() {
    environment.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
    discard(
        tokens()
            .map(t -> Block.ofSequence(t.sequenceId(), List.of(t)))
            .keyBy(Block::key)
            .process(new Identity<>())
            .returns(Block.class));
    assertThatCode(() -> GenericTypes.assertNone(environment)).doesNotThrowAnyException();
  }

  @Test
  void genericStreamIsFound() {
    discard(tokens().map(Opaque::new).returns(Types.GENERIC(Opaque.class)).name("wrap"));
    assertThatThrownBy(() -> GenericTypes.assertNone(environment))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("wrap, output: " + Opaque.class);
  }

  @Test
  void genericPartsAreFound() {
    discard(
        tokens()
            .map(t -> Tuple2.of("", Map.of("", List.<Object>of(t))))
            .returns(
                Types.TUPLE(
                    Types.STRING, Types.MAP(Types.STRING, Types.LIST(Types.GENERIC(Object.class)))))
            .name("wrap"));
    assertThat(GenericTypes.in(environment.getStreamGraph(false)))
        .contains("wrap, output: class java.lang.Object");
  }

  @Test
  void genericKeyIsFound() {
    discard(
        tokens()
            .keyBy(Object::toString, Types.GENERIC(String.class))
            .process(new Identity<>())
            .returns(Token.class)
            .name("keyed"));
    assertThat(GenericTypes.in(environment.getStreamGraph(false)))
        .containsExactly("keyed, key: class java.lang.String");
  }

  @Test
  void genericSideOutputIsFound() {
    OutputTag<Object> tag = new OutputTag<>("side", Types.GENERIC(Object.class));
    SingleOutputStreamOperator<Token> main =
        tokens()
            .process(
                new ProcessFunction<Token, Token>() {
                  @Override
                  public void processElement(Token token, Context context, Collector<Token> out) {
                    context.output(tag, token);
                  }
                })
            .name("split");
    discard(main.getSideOutput(tag));
    assertThat(GenericTypes.in(environment.getStreamGraph(false)))
        .contains("split, side output side: class java.lang.Object");
  }

  private DataStream<Token> tokens() {
    return environment.fromData(Token.of("a", 0, new float[] {1}, true));
  }

  private static void discard(DataStream<?> stream) {
    stream.sinkTo(new DiscardingSink<>());
  }

  private static final class Identity<K, T> extends KeyedProcessFunction<K, T, T> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(T value, Context context, Collector<T> out) {
      out.collect(value);
    }
  }
}
